package io.fastsocket.transport.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.transport.Crossing;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.OnCpu;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.fastsocket.transport.listen.OwnershipPolicy;
import io.fastsocket.transport.listen.SteeringPolicy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Exactly so many connections from each CPU, and every meter says what became of them: the clients know the CPU they ran on, and are
 * told the loop they live on.
 */
@Timeout(60)
class AcceptedMetersTest {
    private static final int CONNECTIONS_PER_CPU = 60;
    private static final int BACKLOG = 128;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final SimpleMeterRegistry simple = new SimpleMeterRegistry();
    private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<Integer> cpus = ExpectedMeters.cpusOf(OnCpu.allowed());
    private final List<Visitor> visitors = new ArrayList<>();

    private FastSocketEventLoopGroup group;
    private FastSocketMetrics metrics;
    private InetSocketAddress address;
    private ExpectedMeters expected;

    /** A connection: the client's CPU, and the loop it lives on. */
    private record Visitor(Socket socket, int cpu, int loop) {
        int port() {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void end() throws Exception {
        leave();
        stop();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void steeredConnectionsAreLocal(Engine engine) throws Exception {
        start(engine, SteeringPolicy.receivingCpu(), OwnershipPolicy.FOLLOW_PACKETS, 0);
        expected.rungs(engine.label(), "pinned", "receiving-cpu", "none").ofGroup(1, "fastsocket.steering.attached");
        assertMeters();

        visitFromEachCpu();

        for (int loop = 0; loop < cpus.size(); loop++) {
            expected.ofLoop(CONNECTIONS_PER_CPU, loop, "fastsocket.accepted", "arrived", "local");
            expected.ofLoop(CONNECTIONS_PER_CPU, loop, "fastsocket.active");
        }
        assertMeters();
        assertThat(group.crossings()).isEmpty();
        leaveAndAssertThatNobodyIsActive();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void connectionsThatStayElsewhereAreRemote(Engine engine) throws Exception {
        start(engine, SteeringPolicy.kernelHash(), OwnershipPolicy.STAY_WITH_LISTENER, 0);
        expected.rungs(engine.label(), "pinned", "kernel-hash", "none");

        visitFromEachCpu();

        for (int loop = 0; loop < cpus.size(); loop++) {
            int listener = loop;
            expectAccepted(
                    loop,
                    visitors.stream()
                            .filter(visitor -> visitor.loop == listener)
                            .toList());
            expected.ofLoop(
                    visitors.stream()
                            .filter(visitor -> visitor.loop == listener)
                            .count(),
                    loop,
                    "fastsocket.active");
        }
        assertMeters();
        assertCrossings(visitors, Visitor::loop);
        leaveAndAssertThatNobodyIsActive();
    }

    /** The kernel's hash of two ends is the same for the next server: what it chose for the first one tells whose listener it was. */
    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void connectionsThatFollowTheirPacketsAreHandedOver(Engine engine) throws Exception {
        start(engine, SteeringPolicy.kernelHash(), OwnershipPolicy.STAY_WITH_LISTENER, 0);
        visitFromEachCpu();
        Map<Integer, Integer> listenerByPort = new TreeMap<>();
        Map<Integer, List<Integer>> portsByCpu = new TreeMap<>();
        for (Visitor visitor : visitors) {
            listenerByPort.put(visitor.port(), visitor.loop);
            portsByCpu.computeIfAbsent(visitor.cpu, first -> new ArrayList<>()).add(visitor.port());
        }
        leave();
        stop();
        start(engine, SteeringPolicy.kernelHash(), OwnershipPolicy.FOLLOW_PACKETS, address.getPort());
        expected.rungs(engine.label(), "pinned", "kernel-hash", "none");

        for (int cpu : cpus) {
            visit(cpu, portsByCpu.get(cpu));
        }

        for (int loop = 0; loop < cpus.size(); loop++) {
            int listener = loop;
            expectAccepted(
                    loop,
                    visitors.stream()
                            .filter(visitor -> listenerByPort.get(visitor.port()) == listener)
                            .toList());
            expected.ofLoop(
                    visitors.stream()
                            .filter(visitor ->
                                    listenerByPort.get(visitor.port()) == listener && visitor.cpu != cpus.get(listener))
                            .count(),
                    loop,
                    "fastsocket.handed.over");
            expected.ofLoop(CONNECTIONS_PER_CPU, loop, "fastsocket.active");
        }
        assertMeters();
        assertCrossings(visitors, visitor -> listenerByPort.get(visitor.port()));
        leaveAndAssertThatNobodyIsActive();
    }

    @ParameterizedTest
    @EnumSource(names = "NIO")
    void whereNioCannotTellItSaysUnknown(Engine engine) throws Exception {
        start(engine, SteeringPolicy.receivingCpu(), OwnershipPolicy.FOLLOW_PACKETS, 0);
        expected.rungs("nio", "pinned", "kernel-hash", "any").stepsDown(1, "steering", "unavailable");
        if (cpus.size() > 1) {
            expected.stepsDown(1, "flow-delivery", "unavailable");
        }

        visitFromEachCpu();

        for (int loop = 0; loop < cpus.size(); loop++) {
            int listener = loop;
            long count = visitors.stream()
                    .filter(visitor -> visitor.loop == listener)
                    .count();
            expected.ofLoop(count, loop, "fastsocket.accepted", "arrived", "unknown");
            expected.ofLoop(count, loop, "fastsocket.active");
        }
        assertMeters();
        assertThat(group.crossings()).isEmpty();
        leaveAndAssertThatNobodyIsActive();
    }

    // ---- steps

    private void start(Engine engine, SteeringPolicy steering, OwnershipPolicy ownership, int port) throws Exception {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .steering(steering)
                .ownership(ownership)
                .build();
        metrics = new FastSocketMetrics(group);
        metrics.bindTo(simple);
        metrics.bindTo(prometheus);
        address = (InetSocketAddress) new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(new AnswerWithLoopIndex(group))
                .bind("127.0.0.1", port)
                .sync()
                .channel()
                .localAddress();
        expected = new ExpectedMeters(cpus);
        if (engine != Engine.NIO) {
            expected.listeners("127.0.0.1:" + address.getPort(), BACKLOG);
        }
    }

    private void visitFromEachCpu() throws Exception {
        for (int cpu : cpus) {
            visit(cpu, Collections.nCopies(CONNECTIONS_PER_CPU, 0));
        }
    }

    /** @param ports of the clients; 0 for any */
    private void visit(int cpu, List<Integer> ports) throws Exception {
        visitors.addAll(OnCpu.call(cpu, () -> {
            List<Visitor> came = new ArrayList<>();
            for (int port : ports) {
                Socket socket = new Socket();
                // Leaves nothing behind in TIME_WAIT: the port is to be used again.
                socket.setSoLinger(true, 0);
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                socket.connect(address);
                socket.setSoTimeout((int) DEADLINE.toMillis());
                came.add(new Visitor(socket, cpu, socket.getInputStream().read()));
            }
            return came;
        }));
    }

    private void expectAccepted(int loop, List<Visitor> taken) {
        long local =
                taken.stream().filter(visitor -> visitor.cpu == cpus.get(loop)).count();
        expected.ofLoop(local, loop, "fastsocket.accepted", "arrived", "local");
        expected.ofLoop(taken.size() - local, loop, "fastsocket.accepted", "arrived", "remote");
    }

    /** In both registries; the meters of listeners come a moment after bind. */
    private void assertMeters() {
        await().atMost(DEADLINE).untilAsserted(() -> {
            expected.assertIn(simple);
            expected.assertScrapedFrom(prometheus);
        });
    }

    private void assertCrossings(List<Visitor> all, ToIntFunction<Visitor> listener) {
        Map<List<Integer>, Long> counts = all.stream()
                .collect(Collectors.groupingBy(
                        visitor -> List.of(cpus.indexOf(visitor.cpu), listener.applyAsInt(visitor)),
                        Collectors.counting()));
        assertThat(group.crossings())
                .containsExactlyInAnyOrderElementsOf(counts.entrySet().stream()
                        .filter(entry ->
                                !entry.getKey().get(0).equals(entry.getKey().get(1)))
                        .map(entry -> new Crossing(
                                entry.getKey().get(0), entry.getKey().get(1), entry.getValue()))
                        .toList());
    }

    private void leaveAndAssertThatNobodyIsActive() throws IOException {
        leave();
        for (int loop = 0; loop < cpus.size(); loop++) {
            expected.ofLoop(0, loop, "fastsocket.active");
        }
        assertMeters();
    }

    private void leave() throws IOException {
        for (Visitor visitor : visitors) {
            visitor.socket.close();
        }
        visitors.clear();
    }

    private void stop() throws InterruptedException {
        metrics.close();
        assertThat(simple.getMeters()).isEmpty();
        assertThat(prometheus.scrape()).isEmpty();
        assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();
    }

    /** Sends the index of the loop that the connection lives on, as one byte. */
    @ChannelHandler.Sharable
    private static final class AnswerWithLoopIndex extends ChannelInboundHandlerAdapter {
        private final List<EventExecutor> loops = new ArrayList<>();

        AnswerWithLoopIndex(FastSocketEventLoopGroup group) {
            group.forEach(loops::add);
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            Channel child = ctx.channel();
            child.writeAndFlush(ctx.alloc().buffer(1).writeByte(loops.indexOf(child.eventLoop())));
        }

        @Override
        @SuppressWarnings("deprecation")
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable reset) {
            ctx.close();
        }
    }
}
