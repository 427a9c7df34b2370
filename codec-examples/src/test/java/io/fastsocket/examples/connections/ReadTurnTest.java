package io.fastsocket.examples.connections;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.examples.BusyLoop;
import io.fastsocket.examples.echo.EchoServer;
import io.fastsocket.examples.http.HttpServer;
import io.fastsocket.examples.http.HttpServerSettings;
import io.fastsocket.examples.proxy.HttpProxy;
import io.fastsocket.examples.proxy.ProxyParts;
import io.fastsocket.examples.proxy.ProxySettings;
import io.fastsocket.examples.tcpproxy.TcpProxy;
import io.fastsocket.examples.tcpproxy.TcpProxySettings;
import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** One connection, however much it has to say, leaves the others of its loop their turn. */
@Timeout(60)
final class ReadTurnTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int BUFFER_BYTES_MAX = 65_536;
    private static final int SOCKET_BYTES = 1 << 20;
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";
    private static final String REQUEST = "POST /bytes/1 HTTP/1.1\r\nHost: a\r\n" + CHUNKED;

    private final Turns turns = new Turns();
    private ServerSocket origin;
    private FastSocketEventLoopGroup group;

    @BeforeEach
    void listen() throws IOException {
        origin = new ServerSocket();
        origin.setReceiveBufferSize(SOCKET_BYTES);
        origin.bind(ANY_PORT);
    }

    @AfterEach
    void end() throws Exception {
        origin.close();
        if (group != null && !group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the group did not end within 10 s");
        }
    }

    private ServerBootstrap on(Engine engine) {
        try {
            group = FastSocketEventLoopGroup.builder().engine(engine).loops(1).build();
        } catch (IllegalStateException e) {
            Assumptions.abort(engine + ": " + e.getMessage());
        }
        return new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BYTES)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        ((Channel) msg).pipeline().addLast(turns);
                        ctx.fireChannelRead(msg);
                    }
                });
    }

    private ChannelFactory<SocketChannel> watchedUpstreams() {
        ChannelFactory<SocketChannel> sockets = group.socketChannelFactory();
        return () -> {
            SocketChannel upstream = sockets.newChannel();
            upstream.config().setReceiveBufferSize(SOCKET_BYTES);
            upstream.pipeline().addLast(turns);
            return upstream;
        };
    }

    private static Socket connect(SocketAddress address) throws IOException {
        Socket client = new Socket();
        client.setSendBufferSize(SOCKET_BYTES);
        client.connect(address);
        return client;
    }

    private static byte[] chunks(String before) {
        String chunk = "ff0\r\n" + "a".repeat(0xff0) + "\r\n";
        return (before + chunk.repeat(12 * BUFFER_BYTES_MAX / chunk.length())).getBytes(StandardCharsets.US_ASCII);
    }

    /** All of it waits when the loop looks. */
    private void assertTakenInTurns(Socket from, byte[] sent) throws Exception {
        BusyLoop.run(group.next(), () -> {
            from.getOutputStream().write(sent);
            return null;
        });
        turns.assertEachIsShort(sent.length);
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void echo(Engine engine) throws Exception {
        EchoServer server = EchoServer.bind(on(engine), ANY_PORT, Duration.ZERO);
        try (Socket client = connect(server.address())) {
            client.setReceiveBufferSize(SOCKET_BYTES);
            assertTakenInTurns(client, chunks(""));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void http(Engine engine) throws Exception {
        HttpServer server = HttpServer.bind(on(engine), ANY_PORT, HttpServerSettings.DEFAULT);
        try (Socket client = connect(server.address())) {
            assertTakenInTurns(client, chunks(REQUEST));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void othersAreHeardBetweenTwoBuffers(Engine engine) throws Exception {
        HttpServer server = HttpServer.bind(on(engine), ANY_PORT, HttpServerSettings.DEFAULT);
        try (Socket large = connect(server.address());
                Socket small = connect(server.address())) {
            byte[] request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            turns.atFirstRead = () -> small.getOutputStream().write(request);
            BusyLoop.run(group.next(), () -> {
                large.getOutputStream().write(chunks(REQUEST));
                return null;
            });
            int before = 0;
            while (turns.next() != request.length) {
                before++;
            }
            assertThat(before).isLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void proxy(Engine engine) throws Exception {
        ServerBootstrap bootstrap = on(engine);
        HttpProxy server = HttpProxy.bind(
                bootstrap, ANY_PORT, ProxySettings.to(List.of(upstream())), ProxyParts.of(watchedUpstreams()));
        try (Socket client = connect(server.address())) {
            client.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            try (Socket upstream = origin.accept()) {
                upstream.getInputStream().read();
                turns.assertEachIsShort(REQUEST.length());
                upstream.setSendBufferSize(SOCKET_BYTES);
                assertTakenInTurns(client, chunks(""));
                assertTakenInTurns(upstream, chunks("HTTP/1.1 200 OK\r\n" + CHUNKED));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = Mode.EXCLUDE, names = "AUTO")
    void tcpproxy(Engine engine) throws Exception {
        ServerBootstrap bootstrap = on(engine);
        TcpProxy server = TcpProxy.bind(
                bootstrap,
                ANY_PORT,
                new Bootstrap().channelFactory(watchedUpstreams()),
                TcpProxySettings.of(List.of(upstream())));
        try (Socket client = connect(server.address());
                Socket upstream = origin.accept()) {
            upstream.setSendBufferSize(SOCKET_BYTES);
            client.setReceiveBufferSize(SOCKET_BYTES);
            assertTakenInTurns(client, chunks(""));
            assertTakenInTurns(upstream, chunks(""));
        }
    }

    private Upstream upstream() {
        return Upstream.parse("127.0.0.1:" + origin.getLocalPort());
    }

    private interface Action {
        void run() throws IOException;
    }

    /** The bytes that connections say from one look of their loop to the next. */
    @Sharable
    private static final class Turns extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<Integer> bytes = new LinkedBlockingQueue<>();
        private volatile Action atFirstRead = () -> {};
        private int ofThisOne;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) throws IOException {
            atFirstRead.run();
            atFirstRead = () -> {};
            ofThisOne += ((ByteBuf) msg).readableBytes();
            ctx.fireChannelRead(msg);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            bytes.add(ofThisOne);
            ofThisOne = 0;
            ctx.fireChannelReadComplete();
        }

        int next() throws InterruptedException {
            Integer turn = bytes.poll(20, TimeUnit.SECONDS);
            assertThat(turn).describedAs("a turn").isNotNull();
            return turn;
        }

        void assertEachIsShort(int sum) throws InterruptedException {
            int said = 0;
            while (said < sum) {
                int turn = next();
                assertThat(turn).describedAs("after %d bytes", said).isLessThanOrEqualTo(BUFFER_BYTES_MAX);
                said += turn;
            }
        }
    }
}
