package io.fastsocket.transport.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.transport.Crossing;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LadderStep;
import io.fastsocket.transport.OnCpu;
import io.fastsocket.transport.connect.FlowDelivery;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.kernel.XdpScrambledNic;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Exactly so many connects to a peer in another network namespace, in the modes that choose ports: {@code .ci/flow} makes it. Where
 * packets arrive is known, because an XDP program decides it by what Java computes too. The peer answers a byte with a byte and closes
 * first.
 */
@Tag("two-namespaces")
@Timeout(60)
class FlowMetersTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 7001);
    private static final InetSocketAddress OTHER_PEER = new InetSocketAddress("192.0.2.1", 7002);
    private static final InetSocketAddress NOBODY = new InetSocketAddress("192.0.2.1", 9);
    private static final Path PORT_RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int CONNECTIONS = 40;
    private static final int PORTS = 8;
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final long SECRET = 7;

    /** Each test has ports of its own: some stay in TIME_WAIT. */
    private static int unusedPort = 30_000;

    private final SimpleMeterRegistry simple = new SimpleMeterRegistry();
    private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<Integer> cpus = ExpectedMeters.cpusOf(OnCpu.allowed());
    private final ExpectedMeters expected = new ExpectedMeters(cpus);
    private final List<EventLoop> loops = new ArrayList<>();
    private final int[][] crossings = new int[cpus.size()][cpus.size()];

    private FastSocketEventLoopGroup group;
    private String rangeBefore;

    @BeforeEach
    void remember() {
        rangeBefore =
                SystemRoot.live().value(PORT_RANGE.toString()).toOptional().orElseThrow();
    }

    @AfterEach
    void end() throws Exception {
        assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();
        Files.writeString(PORT_RANGE, rangeBefore);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void learnedPortsAreLocalOrRemoteAsTheCardDelivers(Engine engine) throws Exception {
        try (XdpScrambledNic card = XdpScrambledNic.attach("eth0", SECRET, cpus)) {
            start(engine, FlowDelivery.auto());
            for (int loop = 0; loop < loops.size(); loop++) {
                countArrivals(loop, "learned", connectAndExchange(loop, card));
                beRefused(loop);
                expected.ofLoop(CONNECTIONS, loop, "fastsocket.connects", "mode", "learned", "result", "failed");
            }
            expectAttempts("learned", 2 * CONNECTIONS);
            expected.rungs(engine.label(), "pinned", "none", "learned").stepsDown(1, "flow-delivery", "unreadable");
            assertMeters();
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void withoutAChoiceTheyAreOfAnyPort(Engine engine) throws Exception {
        try (XdpScrambledNic card = XdpScrambledNic.attach("eth0", SECRET, cpus)) {
            start(engine, FlowDelivery.off());
            for (int loop = 0; loop < loops.size(); loop++) {
                countArrivals(loop, "any", connectAndExchange(loop, card));
                beRefused(loop);
                expected.ofLoop(CONNECTIONS, loop, "fastsocket.connects", "mode", "any", "result", "failed");
            }
            expected.rungs(engine.label(), "pinned", "none", "off");
            assertMeters();
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void portBitsAreLocalAndTheirFallbacksAreNot(Engine engine) throws Exception {
        int firstPort = limitPorts(PORTS);
        start(engine, FlowDelivery.portBits("eth0", firstPort, PORTS));
        int ofEachLoop = PORTS / loops.size();

        // All ports for this destination: the loop's own first, then the other loop's, for which it has no right.
        List<Channel> open = new ArrayList<>();
        for (int i = 0; i < PORTS; i++) {
            open.add(connect(0, OTHER_PEER));
        }
        for (Channel channel : open) {
            exchange(channel);
        }
        assertThat(open.stream().map(FlowMetersTest::portOf).distinct()).hasSize(PORTS);
        for (int i = 0; i < ofEachLoop; i++) {
            exchange(connect(1, PEER));
        }

        expected.rungs(engine.label(), "pinned", "none", "port-bits")
                .ofLoop(ofEachLoop, 0, "fastsocket.opened", "mode", "port-bits")
                .ofLoop(ofEachLoop, 0, "fastsocket.connects", "mode", "port-bits", "result", "local")
                .ofLoop(PORTS - ofEachLoop, 0, "fastsocket.connects", "mode", "port-bits", "result", "fallback")
                .ofLoop(PORTS - ofEachLoop, 0, "fastsocket.opened", "mode", "any")
                .ofLoop(PORTS - ofEachLoop, 0, "fastsocket.connects", "mode", "any", "result", "remote")
                .ofLoop(ofEachLoop, 1, "fastsocket.opened", "mode", "port-bits")
                .ofLoop(ofEachLoop, 1, "fastsocket.connects", "mode", "port-bits", "result", "local");
        crossings[1][0] = PORTS - ofEachLoop;
        expectAttempts("port-bits", PORTS + ofEachLoop);
        assertMeters();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void portBitsAreNotToBeHadWhereAnotherProgramIs(Engine engine) throws Exception {
        try (XdpScrambledNic card = XdpScrambledNic.attach("eth0", SECRET, cpus)) {
            start(engine, FlowDelivery.portBits("eth0", 40_960, 8_192));
            countArrivals(0, "learned", connectAndExchange(0, card));
            expected.rungs(engine.label(), "pinned", "none", "learned")
                    .stepsDown(1, "flow-delivery", "unavailable")
                    .stepsDown(1, "flow-delivery", "unreadable");
            expectAttempts("learned", CONNECTIONS);
            assertMeters();
        }
    }

    /** On one CPU all of them miss from the other loop: learning is given up, which is one step, however long it goes on. */
    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void learningThatMissesStepsDownOnce(Engine engine) throws Exception {
        try (XdpScrambledNic card = XdpScrambledNic.attach("eth0", SECRET, List.of(cpus.get(0)))) {
            start(engine, FlowDelivery.learned());
            int connects = 0;
            while (!group.rungs(LadderStep.FLOW_DELIVERY).contains("any") && connects < 2000) {
                exchange(connect(1, PEER));
                connects++;
            }
            for (int i = 0; i < CONNECTIONS; i++) {
                exchange(connect(1, PEER));
            }

            expected.rungs(engine.label(), "pinned", "none", "any")
                    .stepsDown(1, "flow-delivery", "misses")
                    .ofLoop(connects, 1, "fastsocket.opened", "mode", "learned")
                    .ofLoop(connects, 1, "fastsocket.connects", "mode", "learned", "result", "remote")
                    .ofLoop(CONNECTIONS, 1, "fastsocket.opened", "mode", "any")
                    .ofLoop(CONNECTIONS, 1, "fastsocket.connects", "mode", "any", "result", "remote");
            crossings[0][1] = connects + CONNECTIONS;
            expectAttempts("learned", connects);
            assertMeters();
        }
    }

    // ---- steps

    private void start(Engine engine, FlowDelivery flowDelivery) {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .flowDelivery(flowDelivery)
                .build();
        for (EventExecutor loop : group) {
            loops.add((EventLoop) loop);
        }
        FastSocketMetrics metrics = new FastSocketMetrics(group);
        metrics.bindTo(simple);
        metrics.bindTo(prometheus);
    }

    private int limitPorts(int count) throws IOException {
        int first = unusedPort;
        unusedPort += count;
        Files.writeString(PORT_RANGE, first + " " + (first + count - 1));
        return first;
    }

    /** @return how many arrived at each loop */
    private int[] connectAndExchange(int loop, XdpScrambledNic card) throws Exception {
        int[] arrivals = new int[loops.size()];
        for (int i = 0; i < CONNECTIONS; i++) {
            Channel channel = connect(loop, PEER);
            InetSocketAddress own = (InetSocketAddress) channel.localAddress();
            int cpu = card.cpuFor(PEER.getAddress(), own.getAddress(), PEER.getPort(), own.getPort());
            arrivals[cpus.indexOf(cpu)]++;
            exchange(channel);
        }
        return arrivals;
    }

    private void countArrivals(int loop, String mode, int[] arrivals) {
        expected.ofLoop(CONNECTIONS, loop, "fastsocket.opened", "mode", mode)
                .ofLoop(arrivals[loop], loop, "fastsocket.connects", "mode", mode, "result", "local")
                .ofLoop(CONNECTIONS - arrivals[loop], loop, "fastsocket.connects", "mode", mode, "result", "remote");
        for (int from = 0; from < loops.size(); from++) {
            crossings[from][loop] += from == loop ? 0 : arrivals[from];
        }
    }

    private Channel connect(int loop, InetSocketAddress peer) throws InterruptedException {
        ChannelFuture connected = start(loop, peer);
        assertThat(connected.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(connected.cause()).isNull();
        return connected.channel();
    }

    private void beRefused(int loop) throws InterruptedException {
        for (int i = 0; i < CONNECTIONS; i++) {
            ChannelFuture refused = start(loop, NOBODY);
            assertThat(refused.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(refused.cause()).isInstanceOf(ConnectException.class);
            refused.channel().closeFuture().sync();
        }
    }

    private ChannelFuture start(int loop, InetSocketAddress peer) {
        return new Bootstrap()
                .group(loops.get(loop))
                .channelFactory(group.socketChannelFactory())
                .handler(new ChannelInboundHandlerAdapter())
                .connect(peer);
    }

    /** The peer answers, and then closes first. */
    private static void exchange(Channel channel) throws InterruptedException {
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
        assertThat(channel.closeFuture().await(DEADLINE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
    }

    private static int portOf(Channel channel) {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    /** Attempts are at least the connects that chose a port; a port that somebody else uses is one more. */
    private void expectAttempts(String mode, int least) {
        long attempts = 0;
        for (int loop = 0; loop < loops.size(); loop++) {
            long ofLoop = (long) simple.get("fastsocket.port.attempts")
                    .tags("mode", mode, "loop", String.valueOf(loop))
                    .functionCounter()
                    .count();
            attempts += ofLoop;
            expected.ofLoop(ofLoop, loop, "fastsocket.port.attempts", "mode", mode);
        }
        assertThat(attempts).isBetween((long) least, 2L * least);
    }

    private void assertMeters() {
        await().atMost(DEADLINE).untilAsserted(() -> {
            expected.assertIn(simple);
            expected.assertScrapedFrom(prometheus);
        });
        List<Crossing> crossed = new ArrayList<>();
        for (int from = 0; from < crossings.length; from++) {
            for (int to = 0; to < crossings.length; to++) {
                if (crossings[from][to] > 0) {
                    crossed.add(new Crossing(from, to, crossings[from][to]));
                }
            }
        }
        assertThat(group.crossings()).containsExactlyInAnyOrderElementsOf(crossed);
    }
}
