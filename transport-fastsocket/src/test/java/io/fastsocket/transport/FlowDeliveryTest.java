package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.transport.connect.FlowDelivery;
import io.fastsocket.transport.connect.FlowMode;
import io.fastsocket.transport.connect.FlowStats;
import io.fastsocket.transport.connect.SourcePortsExhaustedException;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.kernel.XdpScrambledNic;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The way out, in a network namespace that reaches a peer in another one: {@code .ci/flow} makes both. The peer answers a byte with a
 * byte and closes first; a connection without a byte stays open.
 */
@Tag("two-namespaces")
@Timeout(60)
class FlowDeliveryTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 7001);
    private static final InetSocketAddress OTHER_PEER = new InetSocketAddress("192.0.2.1", 7002);
    private static final InetSocketAddress NOBODY = new InetSocketAddress("192.0.2.1", 9);
    private static final Path PORT_RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final Path RESERVED_PORTS = Path.of("/proc/sys/net/ipv4/ip_local_reserved_ports");
    private static final String HERE = "192.0.2.2";
    private static final String SECOND_ADDRESS = "192.0.2.3";
    private static final long SECONDS_MAX = 20;
    /** A failure at once: no timeout of a connect was waited for. */
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    /** Each test has ports of its own, because connections that it closed first stay in TIME_WAIT for a minute. */
    private static int unusedPort = 20_000;

    private final List<Channel> open = new ArrayList<>();
    private int firstPort;
    private String rangeBefore;
    private FastSocketEventLoopGroup group;

    @BeforeEach
    void remember() {
        // Not by Files: a sysctl is whole in its first read only, and that would ask for a byte.
        rangeBefore =
                SystemRoot.live().value(PORT_RANGE.toString()).toOptional().orElseThrow();
    }

    @AfterEach
    void end() throws Exception {
        open.forEach(Channel::close);
        if (group != null) {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
        Files.writeString(PORT_RANGE, rangeBefore);
        Files.writeString(RESERVED_PORTS, "\n");
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void everyConnectionComesFromAPortThatWasChosen(Engine engine) throws Exception {
        limitPorts(100);
        start(engine);

        for (int i = 0; i < 50; i++) {
            Channel channel = connect(PEER).channel();
            assertThat(portOf(channel)).isBetween(firstPort, firstPort + 99);
            exchangeAByte(channel);
        }

        assertThat(sum(FlowMode.LEARNED, FlowStats::chosen)).isEqualTo(50);
        assertThat(sum(FlowMode.LEARNED, FlowStats::hit) + sum(FlowMode.LEARNED, FlowStats::missed))
                .isEqualTo(50);
        assertThat(sum(FlowMode.ANY, FlowStats::chosen)).isZero();
        assertThat(group.loopStats().stream().mapToLong(LoopStats::connected).sum())
                .isEqualTo(50);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void portsOfAForeignProcessArePassedOver(Engine engine) throws Exception {
        Set<Integer> foreign = new HashSet<>();
        List<Socket> sockets = new ArrayList<>();
        try {
            // The kernel chooses these, out of the same eight.
            limitPorts(8);
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket(PEER.getAddress(), PEER.getPort());
                sockets.add(socket);
                foreign.add(socket.getLocalPort());
            }
            start(engine);

            for (int i = 0; i < 4; i++) {
                assertThat(foreign).doesNotContain(portOf(connect(PEER).channel()));
            }

            assertThat(sum(FlowMode.LEARNED, FlowStats::chosen)).isEqualTo(4);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void portsThatAnEarlierProcessLeftInTimeWaitArePassedOver(Engine engine) throws Exception {
        limitPorts(8);
        start(engine);
        Set<Integer> left = new HashSet<>();
        for (int i = 0; i < 4; i++) {
            Channel channel = connect(PEER).channel();
            left.add(portOf(channel));
            channel.close().sync();
        }
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        start(engine);

        for (int i = 0; i < 4; i++) {
            assertThat(left).doesNotContain(portOf(connect(PEER).channel()));
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void oneDestinationThatIsOutOfPortsHurtsNoOther(Engine engine) throws Exception {
        limitPorts(64);
        start(engine);
        List<Channel> held = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            held.add(connect(PEER).channel());
        }
        assertThat(held.stream().map(FlowDeliveryTest::portOf).distinct()).hasSize(64);

        long began = System.nanoTime();
        ChannelFuture refused = start(PEER, null);
        assertThat(refused.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(AT_ONCE);
        assertThat(refused.cause())
                .isInstanceOf(SourcePortsExhaustedException.class)
                .hasMessage("connect failed on /192.0.2.1:7001: no local port of 192.0.2.2 is free for it"
                        + " (net.ipv4.ip_local_port_range=" + firstPort + "-" + (firstPort + 63)
                        + "); fix: widen net.ipv4.ip_local_port_range, set"
                        + " net.ipv4.tcp_tw_reuse=1, keep connections open in a pool, or use more local or remote"
                        + " addresses");

        for (int i = 0; i < 64; i++) {
            connect(OTHER_PEER);
        }
        exchangeAByte(held.get(17));
        Channel again = Awaitility.await().atMost(Duration.ofSeconds(10)).until(this::tryPeer, c -> c != null);
        assertThat(portOf(again)).isEqualTo(portOf(held.get(17)));
    }

    private Channel tryPeer() throws InterruptedException {
        ChannelFuture attempt = start(PEER, null);
        assertThat(attempt.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        return attempt.isSuccess() ? attempt.channel() : null;
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void refusedConnectionsGiveTheirPortsBack(Engine engine) throws Exception {
        limitPorts(8);
        start(engine);

        for (int i = 0; i < 100; i++) {
            ChannelFuture refused = start(NOBODY, null);
            assertThat(refused.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            assertThat(refused.cause())
                    .isInstanceOf(ConnectException.class)
                    .isNotInstanceOf(SourcePortsExhaustedException.class);
            refused.channel().closeFuture().sync();
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void reservedPortsAreLeftAlone(Engine engine) throws Exception {
        limitPorts(100);
        Files.writeString(RESERVED_PORTS, firstPort + "-" + (firstPort + 95));
        start(engine);

        for (int i = 0; i < 4; i++) {
            assertThat(portOf(connect(PEER).channel())).isBetween(firstPort + 96, firstPort + 99);
        }
        assertThat(start(PEER, null).await().cause()).isInstanceOf(SourcePortsExhaustedException.class);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void anAddressOfTheUsersOwnIsKept(Engine engine) throws Exception {
        limitPorts(100);
        start(engine);
        run("ip", "address", "replace", SECOND_ADDRESS + "/24", "dev", "eth0");

        Channel first = connect(PEER, new InetSocketAddress(HERE, 0)).channel();
        Channel second = connect(PEER, new InetSocketAddress(SECOND_ADDRESS, 0)).channel();
        InetSocketAddress whole = new InetSocketAddress(SECOND_ADDRESS, unusedPort++);
        Channel port = connect(PEER, whole).channel();

        assertThat(addressOf(first)).isEqualTo(HERE);
        assertThat(addressOf(second)).isEqualTo(SECOND_ADDRESS);
        assertThat(port.localAddress()).isEqualTo(whole);
        assertThat(sum(FlowMode.LEARNED, FlowStats::chosen)).isEqualTo(2);
        assertThat(sum(FlowMode.ANY, FlowStats::chosen)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void eachAddressHasAllPorts(Engine engine) throws Exception {
        limitPorts(8);
        start(engine);
        run("ip", "address", "replace", SECOND_ADDRESS + "/24", "dev", "eth0");

        for (int i = 0; i < 8; i++) {
            connect(PEER, new InetSocketAddress(HERE, 0));
            connect(PEER, new InetSocketAddress(SECOND_ADDRESS, 0));
        }

        assertThat(start(PEER, new InetSocketAddress(SECOND_ADDRESS, 0)).await().cause())
                .isInstanceOf(SourcePortsExhaustedException.class)
                .hasMessageContaining("no local port of 192.0.2.3");
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void namesAreResolvedFirst(Engine engine) throws Exception {
        limitPorts(100);
        start(engine);

        connect(InetSocketAddress.createUnresolved("192.0.2.1", 7001));

        assertThat(sum(FlowMode.LEARNED, FlowStats::chosen)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void nothingConnectsToItself(Engine engine) throws Exception {
        limitPorts(16);
        start(engine);

        for (int i = 0; i < 200; i++) {
            for (String own : List.of("127.0.0.1", HERE)) {
                ChannelFuture alone = start(new InetSocketAddress(own, firstPort + 8), null);
                assertThat(alone.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
                assertThat(alone.cause()).isInstanceOf(ConnectException.class);
                alone.channel().closeFuture().sync();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void withoutAWishAnyPortIsTaken(Engine engine) throws Exception {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .flowDelivery(FlowDelivery.off())
                .build();

        exchangeAByte(connect(PEER).channel());

        assertThat(sum(FlowMode.ANY, FlowStats::chosen)).isEqualTo(1);
        assertThat(group.capabilities()).contains(new Capability("flow-delivery", "off", Optional.empty()));
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void aCardThatTellsNothingIsLearnedAndTheCauseIsSaid(Engine engine) throws Exception {
        group = FastSocketEventLoopGroup.builder().engine(engine).build();

        exchangeAByte(connect(PEER).channel());

        assertThat(group.capabilities().toString())
                .contains("flow-delivery=learned (computed: ")
                .contains("eth0");
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void manyShortConnectionsWithTheUsualRangeAllSucceed(Engine engine) throws Exception {
        start(engine);

        for (int i = 0; i < 2000; i++) {
            exchangeAByte(connect(PEER).channel());
        }

        // Here the packets' CPU does not depend on the port: learning is given up.
        assertThat(sum(FlowMode.LEARNED, FlowStats::chosen) + sum(FlowMode.ANY, FlowStats::chosen))
                .isEqualTo(2000);
        assertThat(sum(FlowMode.LEARNED, FlowStats::fallback)).isZero();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void aLoopThatIsOutOfItsPortsTakesThoseOfOthers(Engine engine) throws Exception {
        limitPorts(8);
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .flowDelivery(FlowDelivery.portBits("eth0", firstPort, 8))
                .build();
        for (int i = 0; i < 8; i++) {
            connect(PEER);
        }
        assertThat(sum(FlowMode.PORT_BITS, FlowStats::chosen)).isEqualTo(8);

        // The kernel gives none of these ports away by itself: each is bound. The other loop's four are free for this
        // peer.
        EventLoop loop = (EventLoop) group.iterator().next();
        for (int i = 0; i < 8; i++) {
            open.add(connect(loop, OTHER_PEER).channel());
        }

        assertThat(sum(FlowMode.PORT_BITS, FlowStats::chosen)).isEqualTo(8 + 4);
        assertThat(sum(FlowMode.PORT_BITS, FlowStats::fallback)).isEqualTo(4);
        assertThat(sum(FlowMode.ANY, FlowStats::chosen)).isEqualTo(4);
    }

    private ChannelFuture connect(EventLoop loop, InetSocketAddress remote) throws InterruptedException {
        ChannelFuture connected = new Bootstrap()
                .group(loop)
                .channelFactory(group.socketChannelFactory())
                .handler(new ChannelInboundHandlerAdapter())
                .connect(remote);
        assertThat(connected.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(connected.cause()).isNull();
        return connected;
    }

    @Test
    void anIdleConnectionFollowsItsPackets() throws Exception {
        group = FastSocketEventLoopGroup.builder()
                .engine(Engine.EPOLL)
                .flowDelivery(FlowDelivery.off())
                .build();
        List<Integer> cpus = group.loopStats().stream().map(LoopStats::cpu).toList();
        int moved = 0;
        try (XdpScrambledNic card = XdpScrambledNic.attach("eth0", 7, cpus)) {
            for (int i = 0; i < 200 && moved < 3; i++) {
                Channel channel = connect(PEER).channel();
                EventLoop before = channel.eventLoop();
                boolean local = group.isLocal(channel);

                assertThat(group.followPackets(channel).await().getNow()).isSameAs(channel);

                assertThat(channel.eventLoop() == before)
                        .describedAs("%s, card %s", channel, card.mode())
                        .isEqualTo(local);
                assertThat(group.isLocal(channel)).isTrue();
                moved += local ? 0 : 1;
                exchangeAByte(channel);
            }
        }
        assertThat(moved)
                .describedAs("connections whose packets arrived at the other loop")
                .isEqualTo(3);
    }

    // ---- steps

    /** The ports that may be used, from {@code firstPort} on. */
    private void limitPorts(int count) throws IOException {
        firstPort = unusedPort;
        unusedPort += count;
        Files.writeString(PORT_RANGE, firstPort + " " + (firstPort + count - 1));
    }

    private void start(Engine engine) {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .flowDelivery(FlowDelivery.learned())
                .build();
    }

    private ChannelFuture connect(InetSocketAddress remote) throws InterruptedException {
        return connect(remote, null);
    }

    private ChannelFuture connect(InetSocketAddress remote, InetSocketAddress local) throws InterruptedException {
        ChannelFuture connected = start(remote, local);
        assertThat(connected.await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(connected.cause()).isNull();
        open.add(connected.channel());
        return connected;
    }

    private ChannelFuture start(InetSocketAddress remote, InetSocketAddress local) {
        List<EventExecutor> loops = new ArrayList<>();
        group.forEach(loops::add);
        Bootstrap bootstrap = new Bootstrap()
                .group((EventLoop) loops.get(open.size() % loops.size()))
                .channelFactory(group.socketChannelFactory())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
                .handler(new ChannelInboundHandlerAdapter());
        return local == null ? bootstrap.connect(remote) : bootstrap.connect(remote, local);
    }

    /** The peer answers, and then closes first. */
    private static void exchangeAByte(Channel channel) throws InterruptedException {
        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
        assertThat(channel.closeFuture().await(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    }

    private long sum(FlowMode mode, ToLongFunction<FlowStats> count) {
        return group.flowStats().stream()
                .filter(stats -> stats.mode() == mode)
                .mapToLong(count)
                .sum();
    }

    private static int portOf(Channel channel) {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    private static String addressOf(Channel channel) {
        return ((InetSocketAddress) channel.localAddress()).getAddress().getHostAddress();
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).isZero();
    }
}
