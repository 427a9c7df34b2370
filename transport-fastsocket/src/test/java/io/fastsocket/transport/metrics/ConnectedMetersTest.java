package io.fastsocket.transport.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.PinnedThreadFactory;
import io.fastsocket.transport.Crossing;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.OnCpu;
import io.fastsocket.transport.connect.FlowDelivery;
import io.fastsocket.transport.engine.Engine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Exactly so many connects of each kind over loopback, where the bytes arrive on the CPU of the peer's thread, which is pinned; ports
 * are not chosen there. {@code FlowMetersTest} has the modes that choose.
 */
@Timeout(60)
class ConnectedMetersTest {
    private static final int CONNECTIONS = 25;
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final SimpleMeterRegistry simple = new SimpleMeterRegistry();
    private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<Integer> cpus = ExpectedMeters.cpusOf(OnCpu.allowed());
    private final ExpectedMeters expected = new ExpectedMeters(cpus);
    private final List<EventLoop> loops = new ArrayList<>();
    private final List<Channel> open = new ArrayList<>();

    private FastSocketEventLoopGroup group;
    private FastSocketMetrics metrics;

    @AfterEach
    void end() throws Exception {
        metrics.close();
        assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void eachConnectIsLocalRemoteOrFailed(Engine engine) throws Exception {
        start(engine, FlowDelivery.auto());
        expected.rungs(engine.label(), "pinned", "none", "none");
        List<Crossing> crossings = new ArrayList<>();
        try (Peer peer = Peer.on(cpus.get(0))) {
            for (int loop = 0; loop < loops.size(); loop++) {
                connect(loop, peer.address());
                expected.ofLoop(CONNECTIONS, loop, "fastsocket.opened", "mode", "any");
                expected.ofLoop(
                        CONNECTIONS,
                        loop,
                        "fastsocket.connects",
                        "mode",
                        "any",
                        "result",
                        loop == 0 ? "local" : "remote");
                if (loop > 0) {
                    crossings.add(new Crossing(0, loop, CONNECTIONS));
                }
                beRefused(loop);
                expected.ofLoop(CONNECTIONS, loop, "fastsocket.connects", "mode", "any", "result", "failed");
                assertMeters();
            }
        }
        assertThat(group.crossings()).containsExactlyInAnyOrderElementsOf(crossings);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void oneThatReceivesNothingIsNeitherLocalNorRemote(Engine engine) throws Exception {
        start(engine, FlowDelivery.off());
        expected.rungs(engine.label(), "pinned", "none", "off");
        try (ServerSocket silent = new ServerSocket(0, CONNECTIONS, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < CONNECTIONS; i++) {
                assertThat(start(
                                        0,
                                        (InetSocketAddress) silent.getLocalSocketAddress(),
                                        new ChannelInboundHandlerAdapter())
                                .sync()
                                .isSuccess())
                        .isTrue();
            }
            expected.ofLoop(CONNECTIONS, 0, "fastsocket.opened", "mode", "any");
            assertMeters();
            for (Channel channel : open) {
                channel.close().sync();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NIO")
    void whereNioCannotTellItIsNeitherToo(Engine engine) throws Exception {
        start(engine, FlowDelivery.auto());
        expected.rungs("nio", "pinned", "none", "any");
        if (cpus.size() > 1) {
            expected.stepsDown(1, "flow-delivery", "unavailable");
        }
        try (Peer peer = Peer.on(cpus.get(0))) {
            connect(0, peer.address());
            beRefused(0);
        }
        expected.ofLoop(CONNECTIONS, 0, "fastsocket.opened", "mode", "any");
        expected.ofLoop(CONNECTIONS, 0, "fastsocket.connects", "mode", "any", "result", "failed");
        assertMeters();
        assertThat(group.crossings()).isEmpty();
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
        metrics = new FastSocketMetrics(group);
        metrics.bindTo(simple);
        metrics.bindTo(prometheus);
    }

    /** From one loop, each until it has received its byte. */
    private void connect(int loop, InetSocketAddress peer) throws Exception {
        for (int i = 0; i < CONNECTIONS; i++) {
            FirstByte firstByte = new FirstByte();
            ChannelFuture connected = start(loop, peer, firstByte);
            assertThat(connected.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(connected.cause()).isNull();
            await().atMost(DEADLINE).pollDelay(Duration.ZERO).until(() -> firstByte.received);
        }
    }

    private void beRefused(int loop) throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) gone.getLocalSocketAddress();
        }
        for (int i = 0; i < CONNECTIONS; i++) {
            ChannelFuture refused = start(loop, nobody, new ChannelInboundHandlerAdapter());
            assertThat(refused.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(refused.cause()).isInstanceOf(ConnectException.class);
        }
    }

    private ChannelFuture start(int loop, InetSocketAddress peer, ChannelInboundHandlerAdapter handler) {
        ChannelFuture connected = new Bootstrap()
                .group(loops.get(loop))
                .channelFactory(group.socketChannelFactory())
                .handler(handler)
                .connect(peer);
        open.add(connected.channel());
        return connected;
    }

    private void assertMeters() {
        await().atMost(DEADLINE).untilAsserted(() -> {
            expected.assertIn(simple);
            expected.assertScrapedFrom(prometheus);
        });
    }

    private static final class FirstByte extends ChannelInboundHandlerAdapter {
        private volatile boolean received;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            received = true;
            ctx.fireChannelRead(bytes);
        }
    }

    /** Sends a byte on each connection, from a thread that stays on one CPU, and keeps it open. */
    private record Peer(ServerSocket listener, List<Socket> taken) implements AutoCloseable {
        static Peer on(int cpu) throws IOException {
            Peer peer =
                    new Peer(new ServerSocket(0, 128, InetAddress.getLoopbackAddress()), new CopyOnWriteArrayList<>());
            new PinnedThreadFactory("peer", true, cpu, CpuSet.of(cpu), pinned -> {})
                    .newThread(peer::serve)
                    .start();
            return peer;
        }

        InetSocketAddress address() {
            return (InetSocketAddress) listener.getLocalSocketAddress();
        }

        private void serve() {
            try {
                while (!listener.isClosed()) {
                    Socket socket = listener.accept();
                    taken.add(socket);
                    socket.getOutputStream().write('!');
                }
            } catch (IOException gone) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(gone);
                }
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (Socket socket : taken) {
                socket.close();
            }
        }
    }
}
