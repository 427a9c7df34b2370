package io.fastsocket.transport.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.OnCpu;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which meters are there, from the bind of a server channel to the end of the group. */
@Timeout(60)
class MetersComeAndGoTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration BEFORE_IT_WOULD_BE_IDLE = Duration.ofSeconds(8);
    private static final int BACKLOG = 64;
    private static final List<Integer> TWO_LOOPS = List.of(-1, -1);
    private static final int STARTS = 100;
    private static final int BINDS = 300;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final List<FastSocketEventLoopGroup> groups = new ArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (FastSocketEventLoopGroup group : groups) {
            shutDown(group);
        }
    }

    // ---- server channels

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void metersOfAServerChannelComeAtItsBindAndGoAtItsClose(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        new FastSocketMetrics(group).bindTo(registry);
        Set<MeterKey> ofGroup = new ExpectedMeters(TWO_LOOPS).keys();
        assertThat(keys(registry)).isEqualTo(ofGroup);

        Channel first = bind(group);
        awaitKeys(registry, union(ofGroup, ofListeners(engine, first)));
        Channel second = bind(group);
        awaitKeys(registry, union(union(ofGroup, ofListeners(engine, first)), ofListeners(engine, second)));

        Set<MeterKey> ofSecond = ofListeners(engine, second);
        first.close().sync();
        awaitKeys(registry, union(ofGroup, ofSecond));
        second.close().sync();
        awaitKeys(registry, ofGroup);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void serverChannelsThatAreThereAlreadyAreSeen(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        Channel server = bind(group);

        new FastSocketMetrics(group).bindTo(registry);

        awaitKeys(registry, union(new ExpectedMeters(TWO_LOOPS).keys(), ofListeners(engine, server)));
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void theNextServerOfAnAddressHasItsOwnMeters(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        new FastSocketMetrics(group).bindTo(registry);
        Channel first = bind(group);
        InetSocketAddress address = (InetSocketAddress) first.localAddress();
        first.close().sync();

        bind(group, address.getPort(), BACKLOG + 1);

        ExpectedMeters expected = new ExpectedMeters(TWO_LOOPS)
                .rungs(engine.label(), "unpinned", "kernel-hash", "any")
                .stepsDown(2, "steering", "unpinned")
                .stepsDown(1, "flow-delivery", "unpinned")
                .listeners("127.0.0.1:" + address.getPort(), BACKLOG + 1);
        await().atMost(DEADLINE).untilAsserted(() -> expected.assertIn(registry));
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void theQueueIsSeenWhileItIsFull(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine, 1);
        new FastSocketMetrics(group).bindTo(registry);
        Channel server = bootstrap(group, 3)
                .option(ChannelOption.AUTO_READ, false)
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        String listener = "127.0.0.1:" + address.getPort();
        ExpectedMeters expected = new ExpectedMeters(List.of(-1))
                .rungs(engine.label(), "unpinned", "one-listener", "any")
                .listeners(listener, 3);
        List<Socket> waiting = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            waiting.add(new Socket(address.getAddress(), address.getPort()));
            expected.ofLoop(i, 0, "fastsocket.accept.queue", "listener", listener);
            await().atMost(DEADLINE).untilAsserted(() -> expected.assertIn(registry));
        }

        server.config().setAutoRead(true);

        expected.ofLoop(0, 0, "fastsocket.accept.queue", "listener", listener)
                .ofLoop(4, 0, "fastsocket.accepted", "arrived", "unknown")
                .ofLoop(4, 0, "fastsocket.active");
        await().atMost(DEADLINE).untilAsserted(() -> expected.assertIn(registry));
        for (Socket socket : waiting) {
            socket.close();
        }
    }

    @Test
    void ofServersThatShareAnAddressTheOneThatIsThereIsSeen() throws Exception {
        FastSocketEventLoopGroup group = start(Engine.EPOLL);
        new FastSocketMetrics(group).bindTo(registry);
        Channel first = bindShared(group, 0);
        int port = ((InetSocketAddress) first.localAddress()).getPort();
        Set<MeterKey> one = union(new ExpectedMeters(TWO_LOOPS).keys(), ofListeners(Engine.EPOLL, first));
        awaitKeys(registry, one);
        bindShared(group, port);
        // A later bind has been told of: so has this one.
        Channel later = bind(group);
        Set<MeterKey> ofLater = ofListeners(Engine.EPOLL, later);
        awaitKeys(registry, union(one, ofLater));

        first.close().sync();
        later.close().sync();

        awaitKeys(registry, one);
        assertThat(MeterKey.valuesOf(registry).entrySet().stream()
                        .filter(value -> value.getKey().name().equals("fastsocket.accept.queue.limit"))
                        .map(Map.Entry::getValue))
                .containsExactly((double) BACKLOG, (double) BACKLOG);
    }

    private static Channel bindShared(FastSocketEventLoopGroup group, int port) throws InterruptedException {
        return bootstrap(group, BACKLOG)
                .option(UnixChannelOption.SO_REUSEPORT, true)
                .bind("127.0.0.1", port)
                .sync()
                .channel();
    }

    // ---- registries and tags

    @Test
    void severalRegistriesHaveTheSameMeters() throws Exception {
        FastSocketEventLoopGroup group = start(Engine.EPOLL);
        SimpleMeterRegistry second = new SimpleMeterRegistry();
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        FastSocketMetrics metrics = new FastSocketMetrics(group);
        for (MeterRegistry each : List.of(registry, second, prometheus)) {
            metrics.bindTo(each);
        }

        Set<MeterKey> ofListeners = ofListeners(Engine.EPOLL, bind(group));

        Set<MeterKey> all = union(new ExpectedMeters(TWO_LOOPS).keys(), ofListeners);
        awaitKeys(registry, all);
        awaitKeys(second, all);
        awaitKeys(prometheus, all);
        metrics.close();
        for (MeterRegistry each : List.of(registry, second, prometheus)) {
            assertThat(each.getMeters()).isEmpty();
        }
    }

    @Test
    void groupsAreToldApartByTheTagsOfTheUser() throws Exception {
        FastSocketEventLoopGroup front = start(Engine.EPOLL);
        FastSocketEventLoopGroup back = start(Engine.NIO);
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        for (MeterRegistry each : List.of(registry, prometheus)) {
            new FastSocketMetrics(front, Tags.of("group", "front")).bindTo(each);
            new FastSocketMetrics(back, Tags.of("group", "back")).bindTo(each);
        }
        ExpectedMeters ofFront = new ExpectedMeters(TWO_LOOPS, Map.of("group", "front"));
        ExpectedMeters ofBack = new ExpectedMeters(TWO_LOOPS, Map.of("group", "back"));
        assertThat(keys(registry)).isEqualTo(union(ofFront.keys(), ofBack.keys()));
        assertThat(MeterKey.scrapedFrom(prometheus)).hasSameSizeAs(union(ofFront.keys(), ofBack.keys()));

        shutDown(front);

        awaitKeys(registry, ofBack.keys());
        ofBack.rungs("nio", "unpinned", "none", "any").stepsDown(1, "flow-delivery", "unavailable");
        ofBack.assertIn(registry);
        ofBack.assertScrapedFrom(prometheus);
    }

    @Test
    void aSecondBindWithTheSameTagsIsRefused() {
        FastSocketEventLoopGroup group = start(Engine.NIO);
        FastSocketMetrics metrics = new FastSocketMetrics(group, Tags.of("app", "a"));
        metrics.bindTo(registry);
        Set<MeterKey> before = keys(registry);

        for (FastSocketMetrics second :
                List.of(metrics, new FastSocketMetrics(start(Engine.NIO), Tags.of("app", "a")))) {
            assertThatThrownBy(() -> second.bindTo(registry))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("bind failed on meters of an event loop group: the registry has some with"
                            + " tags=[tag(app=a)] already (expected none): they would be taken for this group's; fix:"
                            + " close the FastSocketMetrics that made them, or give each group's a tag of its own");
        }

        assertThat(keys(registry)).isEqualTo(before);
        metrics.close();
        assertThat(registry.getMeters()).isEmpty();
        assertThatThrownBy(() -> metrics.bindTo(registry))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("they are closed (expected open ones); fix: make another FastSocketMetrics");
        new FastSocketMetrics(group, Tags.of("app", "a")).bindTo(registry);
        assertThat(keys(registry)).isEqualTo(before);
    }

    // ---- the end

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void closeTakesThemAllAway(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        FastSocketMetrics metrics = new FastSocketMetrics(group);
        metrics.bindTo(registry);
        Set<MeterKey> before = union(new ExpectedMeters(TWO_LOOPS).keys(), ofListeners(engine, bind(group)));
        awaitKeys(registry, before);

        metrics.close();
        metrics.close();

        assertThat(registry.getMeters()).isEmpty();
        SimpleMeterRegistry other = new SimpleMeterRegistry();
        try (FastSocketMetrics next = new FastSocketMetrics(group)) {
            next.bindTo(other);
            // When these have come, the news of the bind has been everywhere.
            awaitKeys(other, union(before, ofListeners(engine, bind(group))));
        }
        assertThat(registry.getMeters()).describedAs("after a later bind").isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void theEndOfTheGroupTakesThemAllAway(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        new FastSocketMetrics(group).bindTo(registry);
        awaitKeys(registry, union(new ExpectedMeters(TWO_LOOPS).keys(), ofListeners(engine, bind(group))));

        shutDown(group);

        awaitKeys(registry, Set.of());
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void groupsThatComeAndGoLeaveNothing(Engine engine) throws Exception {
        for (int i = 0; i < STARTS; i++) {
            FastSocketEventLoopGroup group = FastSocketEventLoopGroup.builder()
                    .engine(engine)
                    .placement(PlacementPolicy.none())
                    .loops(1)
                    .ringSize(64)
                    .build();
            try {
                FastSocketMetrics metrics = new FastSocketMetrics(group);
                metrics.bindTo(registry);
                assertThat(keys(registry)).isEqualTo(new ExpectedMeters(List.of(-1)).keys());
                // One way, and the other.
                if (i % 2 == 0) {
                    metrics.close();
                }
            } finally {
                shutDown(group);
            }
            awaitKeys(registry, Set.of());
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void serverChannelsThatComeAndGoLeaveNothing(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        new FastSocketMetrics(group).bindTo(registry);
        int metersOfGroup = registry.getMeters().size();
        for (int i = 0; i < BINDS; i++) {
            Channel server = bind(group);
            assertThat(registry.getMeters().size()).isLessThanOrEqualTo(metersOfGroup + 2 * TWO_LOOPS.size() * 3);
            server.close().sync();
        }
        awaitKeys(registry, new ExpectedMeters(TWO_LOOPS).keys());
    }

    // ---- what is kept alive, and what is not

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void metersCountOnWhenNobodyHoldsTheirMaker(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        WeakReference<Object> collected = bindAndForget(group, prometheus);
        Channel server = bind(group);
        assertThat(ask(server)).isEqualTo('!');

        await("a garbage collection").atMost(DEADLINE).until(() -> {
            System.gc();
            return collected.get() == null;
        });

        ExpectedMeters expected = new ExpectedMeters(TWO_LOOPS)
                .rungs(engine.label(), "unpinned", "kernel-hash", "any")
                .stepsDown(1, "steering", engine == Engine.NIO ? "unavailable" : "unpinned")
                .stepsDown(1, "flow-delivery", engine == Engine.NIO ? "unavailable" : "unpinned");
        if (engine != Engine.NIO) {
            expected.listeners("127.0.0.1:" + ((InetSocketAddress) server.localAddress()).getPort(), BACKLOG);
        }
        int taker = group.loopStats(0).accepted() == 1 ? 0 : 1;
        expected.ofLoop(1, taker, "fastsocket.accepted", "arrived", "unknown");
        await().atMost(DEADLINE).untilAsserted(() -> {
            expected.assertIn(registry);
            expected.assertScrapedFrom(prometheus);
        });
        assertThat(MeterKey.valuesOf(registry).entrySet().stream()
                        .filter(value -> value.getKey().name().equals("fastsocket.loop.lag_count"))
                        .map(Map.Entry::getValue))
                .describedAs("probes go on")
                .hasSize(2);
    }

    /** @return goes when all that nobody holds goes */
    private WeakReference<Object> bindAndForget(FastSocketEventLoopGroup group, MeterRegistry second) {
        FastSocketMetrics metrics = new FastSocketMetrics(group);
        metrics.bindTo(registry);
        metrics.bindTo(second);
        return new WeakReference<>(new Object());
    }

    @Test
    void closedOnesAreNotHeldByTheGroup() {
        FastSocketEventLoopGroup group = start(Engine.NIO);
        WeakReference<FastSocketMetrics> closed = bindAndClose(group);

        await("collection").atMost(DEADLINE).until(() -> {
            System.gc();
            return closed.get() == null;
        });
    }

    private WeakReference<FastSocketMetrics> bindAndClose(FastSocketEventLoopGroup group) {
        FastSocketMetrics metrics = new FastSocketMetrics(group);
        metrics.bindTo(registry);
        metrics.close();
        return new WeakReference<>(metrics);
    }

    /** A thread begins on the CPUs of the one that starts it: a pinned loop, when it is the first to tell of a bind. */
    @Test
    void theirThreadTakesNoTimeOfTheLoopThatStartsIt() throws Exception {
        FastSocketEventLoopGroup group =
                FastSocketEventLoopGroup.builder().engine(Engine.EPOLL).build();
        groups.add(group);
        Set<String> before = threads();
        try (FastSocketMetrics metrics = new FastSocketMetrics(group)) {
            bind(group);

            Set<String> made = await().atMost(DEADLINE).until(() -> threadsSince(before), any -> !any.isEmpty());
            await().atMost(DEADLINE).untilAsserted(() -> assertThat(made)
                    .filteredOn(threads()::contains)
                    .allSatisfy(thread -> assertThat(cpusAllowed(thread)).isEqualTo(OnCpu.allowed())));
        }
    }

    @Test
    void theirThreadEndsWithThem() throws Exception {
        Set<String> before = threads();
        FastSocketEventLoopGroup group = start(Engine.NIO);
        FastSocketMetrics metrics = new FastSocketMetrics(group);
        metrics.bindTo(registry);
        bind(group);
        await().atMost(DEADLINE).until(() -> threadsSince(before), made -> !made.isEmpty());

        metrics.close();

        await().atMost(BEFORE_IT_WOULD_BE_IDLE)
                .untilAsserted(() -> assertThat(before).containsAll(threads()));
    }

    // ---- steps

    private FastSocketEventLoopGroup start(Engine engine) {
        return start(engine, TWO_LOOPS.size());
    }

    private FastSocketEventLoopGroup start(Engine engine, int loops) {
        FastSocketEventLoopGroup group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .placement(PlacementPolicy.none())
                .loops(loops)
                .build();
        groups.add(group);
        return group;
    }

    private static Channel bind(FastSocketEventLoopGroup group) throws InterruptedException {
        return bind(group, 0, BACKLOG);
    }

    private static Channel bind(FastSocketEventLoopGroup group, int port, int backlog) throws InterruptedException {
        return bootstrap(group, backlog).bind("127.0.0.1", port).sync().channel();
    }

    private static ServerBootstrap bootstrap(FastSocketEventLoopGroup group, int backlog) {
        return new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, backlog)
                .childHandler(new Greet());
    }

    private static int ask(Channel server) throws IOException {
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.setSoTimeout((int) DEADLINE.toMillis());
            return client.getInputStream().read();
        }
    }

    private static void shutDown(FastSocketEventLoopGroup group) throws InterruptedException {
        assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();
    }

    private static Set<MeterKey> keys(MeterRegistry registry) {
        return MeterKey.valuesOf(registry).keySet();
    }

    private static void awaitKeys(MeterRegistry registry, Set<MeterKey> expected) {
        await().atMost(DEADLINE).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertThat(keys(registry))
                .isEqualTo(expected));
    }

    private static Set<MeterKey> ofListeners(Engine engine, Channel server) {
        if (engine == Engine.NIO) {
            return Set.of();
        }
        String address = "127.0.0.1:" + ((InetSocketAddress) server.localAddress()).getPort();
        Set<MeterKey> keys = new TreeSet<>(
                new ExpectedMeters(TWO_LOOPS).listeners(address, BACKLOG).keys());
        keys.removeAll(new ExpectedMeters(TWO_LOOPS).keys());
        return keys;
    }

    private static Set<MeterKey> union(Set<MeterKey> one, Set<MeterKey> other) {
        Set<MeterKey> all = new TreeSet<>(one);
        all.addAll(other);
        return all;
    }

    /** A thread has its name once it runs, a moment after its start. */
    private static Set<String> threadsSince(Set<String> before) throws IOException {
        Set<String> made = threads();
        made.removeAll(before);
        return made;
    }

    /** The kernel's numbers of the threads of meters. */
    private static Set<String> threads() throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                // Its name is cut off after 15 letters.
                if (nameOf(task).startsWith("fastsocket-mete")) {
                    found.add(task.getFileName().toString());
                }
            }
        }
        return found;
    }

    private static String nameOf(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException endedMeanwhile) {
            return "";
        }
    }

    private static CpuSet cpusAllowed(String thread) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/task", thread, "status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line ->
                        CpuSet.parseList(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    @ChannelHandler.Sharable
    private static final class Greet extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('!'));
        }

        @Override
        @SuppressWarnings("deprecation")
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
