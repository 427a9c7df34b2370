package io.fastsocket.transport.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Registries that throw, and registries that do not come back: loops, binds and closes must not notice. */
@Timeout(60)
class BadRegistriesTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final String LISTENER_METERS = "fastsocket.accept.queue";

    private FastSocketEventLoopGroup group;

    @AfterEach
    void end() throws Exception {
        shutDown();
    }

    // ---- that throw

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void whatARegistryRefusesIsLeftOutAndSaidOnce(Engine engine) throws Exception {
        start(engine);
        MeterRegistry noCounters = new SimpleMeterRegistry() {
            @Override
            protected <T> FunctionCounter newFunctionCounter(Meter.Id id, T of, ToDoubleFunction<T> count) {
                throw new IllegalArgumentException("no counters here");
            }
        };
        SimpleMeterRegistry good = new SimpleMeterRegistry();
        FastSocketMetrics metrics = new FastSocketMetrics(group);

        ListAppender<ILoggingEvent> log = watchLog();
        try {
            metrics.bindTo(noCounters);
            metrics.bindTo(good);

            assertThat(log.list).singleElement().satisfies(event -> {
                assertThat(event.getLevel()).isEqualTo(Level.WARN);
                assertThat(event.getFormattedMessage()).contains(" meters were not registered with ", "; fix: ");
                assertThat(event.getThrowableProxy().getMessage()).isEqualTo("no counters here");
            });
            Set<MeterKey> taken = MeterKey.valuesOf(good).keySet();
            taken.removeIf(key -> !good.find(key.name()).functionCounters().isEmpty());
            assertThat(MeterKey.valuesOf(noCounters).keySet()).isNotEmpty().isEqualTo(taken);
            assertServes();
            metrics.close();
            assertThat(noCounters.getMeters()).isEmpty();
            assertThat(good.getMeters()).isEmpty();
        } finally {
            unwatchLog(log);
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void oneThatRefusesToRemoveKeepsNobodyFromItsEnd(Engine engine) throws Exception {
        start(engine);
        MeterRegistry keeps = new SimpleMeterRegistry() {
            @Override
            public Meter remove(Meter.Id id) {
                throw new IllegalStateException("nothing is removed here");
            }
        };
        SimpleMeterRegistry good = new SimpleMeterRegistry();
        FastSocketMetrics metrics = new FastSocketMetrics(group);
        metrics.bindTo(keeps);
        metrics.bindTo(good);
        assertServes();

        metrics.close();

        assertThat(good.getMeters()).isEmpty();
        assertServes();
    }

    // ---- that do not come back

    /** Does not come back from the registration of a gauge, until it is released. */
    private static final class Stuck extends SimpleMeterRegistry {
        private final String atName;
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);

        Stuck(String atName) {
            this.atName = atName;
        }

        @Override
        protected <T> Gauge newGauge(Meter.Id id, T of, ToDoubleFunction<T> value) {
            if (id.getName().equals(atName)) {
                entered.countDown();
                try {
                    assertThat(release.await(50, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException interrupted) {
                    throw new AssertionError(interrupted);
                }
            }
            return super.newGauge(id, of, value);
        }

        void awaitStuck() throws InterruptedException {
            assertThat(entered.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aRegistryThatIsStuckAtItsBindKeepsOnlyTheOneThatBinds(Engine engine) throws Exception {
        start(engine);
        Stuck registry = new Stuck("fastsocket.active");
        FastSocketMetrics metrics = new FastSocketMetrics(group);
        CompletableFuture<Void> binding = CompletableFuture.runAsync(() -> metrics.bindTo(registry));
        registry.awaitStuck();

        for (int i = 0; i < 3; i++) {
            assertServes();
        }
        shutDown();

        assertThat(binding).isNotDone();
        registry.release.countDown();
        binding.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        await("the end of the group").atMost(DEADLINE).until(() -> registry.getMeters()
                .isEmpty());
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void aRegistryThatIsStuckAtAServersBindKeepsNobody(Engine engine) throws Exception {
        start(engine);
        Stuck registry = new Stuck(LISTENER_METERS);
        new FastSocketMetrics(group).bindTo(registry);
        Channel first = bind();
        registry.awaitStuck();

        assertThat(ask(first)).isEqualTo('!');
        for (int i = 0; i < 3; i++) {
            assertServes();
        }
        assertThat(first.close().await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        shutDown();

        registry.release.countDown();
        await("the end of the group").atMost(DEADLINE).until(() -> registry.getMeters()
                .isEmpty());
    }

    // ---- steps

    private void start(Engine engine) {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .placement(PlacementPolicy.none())
                .loops(2)
                .build();
    }

    private void shutDown() throws InterruptedException {
        assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();
    }

    /** A server binds, answers and closes. */
    private void assertServes() throws Exception {
        Channel server = bind();
        assertThat(ask(server)).isEqualTo('!');
        assertThat(server.close().await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private Channel bind() throws InterruptedException {
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new Greet())
                .bind("127.0.0.1", 0);
        assertThat(bound.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(bound.cause()).isNull();
        return bound.channel();
    }

    private static int ask(Channel server) throws IOException {
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.setSoTimeout((int) DEADLINE.toMillis());
            return client.getInputStream().read();
        }
    }

    private static Logger log() {
        return (Logger) LoggerFactory.getLogger(FastSocketMetrics.class);
    }

    private static ListAppender<ILoggingEvent> watchLog() {
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        log().addAppender(appender);
        log().setAdditive(false);
        return appender;
    }

    private static void unwatchLog(ListAppender<ILoggingEvent> appender) {
        log().detachAppender(appender);
        log().setAdditive(true);
    }

    @ChannelHandler.Sharable
    private static final class Greet extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('!'));
        }

        @Override
        @SuppressWarnings("deprecation")
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable reset) {
            ctx.close();
        }
    }
}
