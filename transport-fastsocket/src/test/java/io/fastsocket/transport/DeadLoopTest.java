package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.fastsocket.transport.metrics.FastSocketMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A loop whose thread ended by an Error: it is seen at once, for ever, and the rest of the group can be shut down. */
@Timeout(60)
class DeadLoopTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private final Error cause = new InternalError("the loop is broken");
    private static final int CLIENTS = 20;

    private FastSocketEventLoopGroup group;

    @AfterEach
    void end() throws Exception {
        shutDown();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void isToldApartFromOneThatRuns(Engine engine) {
        start(engine, 2);
        try (LoopWatch watch = new LoopWatch(group);
                LoggedLines log = LoggedLines.of(FastSocketEventLoopGroup.class)) {
            kill(1);

            assertThat(group.causeOfDeath(1)).contains(cause.toString());
            assertThat(group.loopStats(1).dead()).isTrue();
            assertThat(group.causeOfDeath(0)).isEmpty();
            assertThat(group.loopStats(0).dead()).isFalse();
            assertThat(group.isShuttingDown()).describedAs("the group").isFalse();
            assertThat(log.lines()).singleElement().asString().contains("Event loop 1 ", cause.toString(), "fix: ");
            await("its task stays due").atMost(DEADLINE).until(() -> watch.overdueNanos(1) > 1_000_000_000L);
            assertThat(watch.silentNanos(1)).isGreaterThan(1_000_000_000L);
            assertThat(watch.lagNanosMax(1)).isGreaterThan(1_000_000_000L);
            await("the other one runs").atMost(DEADLINE).until(() -> watch.silentNanos(0) < 1_000_000_000L);
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void isSeenByWhoeverLooksLater(Engine engine) {
        start(engine, 2);
        kill(0);

        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (FastSocketMetrics metrics = new FastSocketMetrics(group)) {
            metrics.bindTo(registry);

            assertThat(gauge(registry, "fastsocket.loop.up", 0)).isZero();
            assertThat(gauge(registry, "fastsocket.loop.up", 1)).isEqualTo(1);
            await().atMost(DEADLINE).until(() -> gauge(registry, "fastsocket.loop.silence", 0) > 0.5);
            assertThat(metrics.loopWatch().cpuNanos(0)).isNotNegative();
            assertThat(metrics.loopWatch().pendingTasks(0)).isNotNegative();
        }
    }

    /** The end of the last loop ends the group, and would take the meters away that tell of it. */
    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void isSeenWhenItWasTheLastOne(Engine engine) throws Exception {
        start(engine, 1);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (FastSocketMetrics metrics = new FastSocketMetrics(group)) {
            metrics.bindTo(registry);
            kill(0);
            assertThat(group.terminationFuture().await(20, TimeUnit.SECONDS)).isTrue();

            assertThat(group.loopStats(0).dead()).isTrue();
            await().atMost(DEADLINE).until(() -> gauge(registry, "fastsocket.loop.silence", 0) > 0.5);
            assertThat(gauge(registry, "fastsocket.loop.up", 0)).isZero();
        }
    }

    /** Somebody who has a loop can shut it down; the group did not. */
    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void isOneThatSomebodyShutDownAlone(Engine engine) throws Exception {
        start(engine, 2);
        try (LoopWatch watch = new LoopWatch(group)) {
            assertThat(loop(1).shutdownGracefully(0, 0, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                    .isTrue();

            await().atMost(DEADLINE)
                    .until(() -> group.causeOfDeath(1).orElse("").contains("somebody"));
            await().atMost(DEADLINE).until(() -> watch.overdueNanos(1) > 500_000_000L);
            assertThat(group.isShuttingDown()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void endsWithItsGroup(Engine engine) throws Exception {
        start(engine, 2);
        shutDown();

        assertThat(group.loopStats()).noneMatch(LoopStats::dead);
        assertThat(group.isShuttingDown()).isTrue();
    }

    /**
     * Nobody but the group can close what a dead loop had: the listener, and connections whose clients wait. A thread of the
     * incubator hangs in its own clean-up when it dies with connections.
     */
    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "NIO"})
    void keepsNothingOpenAfterTheShutdown(Engine engine) throws Exception {
        start(engine, 2);
        Channel server = new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {}
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Socket("127.0.0.1", port));
            }
            await("all are registered").atMost(DEADLINE).until(() -> active() == CLIENTS);
            EventLoop other = server.eventLoop() == loop(0) ? loop(1) : loop(0);
            kill(other == loop(0) ? 0 : 1);

            shutDown();

            assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
            for (Socket client : clients) {
                assertThat(isEnded(client)).describedAs("%s", client).isTrue();
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static boolean isEnded(Socket client) throws IOException {
        client.setSoTimeout((int) DEADLINE.toMillis());
        try {
            return client.getInputStream().read() < 0;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    // ---- steps

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void itsMetersGoWithItsGroup(Engine engine) throws Exception {
        start(engine, 2);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new FastSocketMetrics(group).bindTo(registry);
        kill(0);

        shutDown();

        await().atMost(DEADLINE).until(() -> registry.getMeters().isEmpty());
    }

    private void start(Engine engine, int loops) {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .placement(PlacementPolicy.none())
                .loops(loops)
                .build();
    }

    private void kill(int loopIndex) {
        LoopKiller.kill(loop(loopIndex), cause);
        await("it is dead")
                .atMost(DEADLINE)
                .until(() -> group.causeOfDeath(loopIndex).orElse("").equals(cause.toString()));
    }

    private EventLoop loop(int index) {
        List<EventExecutor> loops = new ArrayList<>();
        group.forEach(loops::add);
        return (EventLoop) loops.get(index);
    }

    private long active() {
        return group.loopStats().stream().mapToLong(LoopStats::active).sum();
    }

    private static double gauge(SimpleMeterRegistry registry, String name, int loop) {
        return registry.get(name).tag("loop", String.valueOf(loop)).gauge().value();
    }

    private void shutDown() throws InterruptedException {
        assertThat(group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .describedAs("the group has ended")
                .isTrue();
    }
}
