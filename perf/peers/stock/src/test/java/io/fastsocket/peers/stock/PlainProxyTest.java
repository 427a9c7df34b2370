package io.fastsocket.peers.stock;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.examples.http.HttpServer;
import io.fastsocket.examples.http.HttpServerSettings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the bench does not ask of a proxy, and a proxy must do all the same. */
@Timeout(60)
class PlainProxyTest {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String GET_AND_CLOSE = "GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

    private final EventLoopGroup group = new NioEventLoopGroup(1);
    private HttpServer origin;
    private InetSocketAddress proxy;

    @BeforeEach
    void start() throws Exception {
        origin = HttpServer.bind(bootstrap(), ANY_PORT, HttpServerSettings.DEFAULT);
        proxy = startProxy((InetSocketAddress) origin.address());
    }

    @AfterEach
    void stop() throws Exception {
        origin.close();
        assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS))
                .isTrue();
    }

    private ServerBootstrap bootstrap() {
        return new ServerBootstrap().group(group).channel(NioServerSocketChannel.class);
    }

    private InetSocketAddress startProxy(InetSocketAddress to) throws InterruptedException {
        Channel listener = bootstrap()
                .childHandler(new PlainProxy(to, NioSocketChannel.class, true))
                .bind(ANY_PORT)
                .sync()
                .channel();
        return (InetSocketAddress) listener.localAddress();
    }

    @Test
    void passesChunksOnAndAnswersAnExpectation() throws Exception {
        try (Socket client = connect(proxy)) {
            send(
                    client,
                    "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
            String expected = "HTTP/1.1 100 Continue\r\n\r\n";
            assertThat(read(client, expected.length())).isEqualTo(expected);
            send(client, "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n" + GET_AND_CLOSE);
            assertThat(readToEnd(client)).contains("\r\n\r\nabcdefgHTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void knowsResponsesWithoutABody() throws Exception {
        try (Socket client = connect(proxy)) {
            send(client, "HEAD / HTTP/1.1\r\nHost: test\r\n\r\n" + GET_AND_CLOSE);
            assertThat(readToEnd(client).split("content-length: 13\r\n", -1)).hasSize(3);
        }
    }

    @Test
    void refusesWhatIsNoRequest() throws Exception {
        try (Socket client = connect(proxy)) {
            send(client, "nonsense\r\n\r\n");
            assertThat(readToEnd(client)).startsWith("HTTP/1.1 400 ");
        }
    }

    @Test
    void removesWhatBelongsToOneConnectionAndClosesWithAResponseThatDoes() throws Exception {
        try (ServerSocket scripted = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Socket client = connect(startProxy((InetSocketAddress) scripted.getLocalSocketAddress()))) {
            send(client, "GET / HTTP/1.1\r\nHost: test\r\nConnection: x-mine\r\nX-Mine: 1\r\nX-Kept: 1\r\n\r\n");
            try (Socket server = scripted.accept()) {
                server.setSoTimeout(TIMEOUT_MILLIS);
                String sent = "GET / HTTP/1.1\r\nHost: test\r\nX-Kept: 1\r\nx-forwarded-for: 127.0.0.1\r\n\r\n";
                assertThat(read(server, sent.length())).isEqualTo(sent);
                send(server, "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.0 200 OK\r\nKeep-Alive: 1\r\n\r\nto the end");
            }
            assertThat(readToEnd(client)).isEqualTo("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nto the end");
        }
    }

    @Test
    void cutsTheClientWhenTheOriginEndsWithinAResponse() throws Exception {
        try (ServerSocket scripted = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Socket client = connect(startProxy((InetSocketAddress) scripted.getLocalSocketAddress()))) {
            send(client, GET_AND_CLOSE);
            try (Socket server = scripted.accept()) {
                server.setSoTimeout(TIMEOUT_MILLIS);
                String sent = "GET / HTTP/1.1\r\nHost: test\r\nx-forwarded-for: 127.0.0.1\r\n\r\n";
                assertThat(read(server, sent.length())).isEqualTo(sent);
                send(server, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
            }
            assertThat(readToEnd(client)).endsWith("\r\n\r\n12345");
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static String read(Socket socket, int characters) throws IOException {
        return new String(socket.getInputStream().readNBytes(characters), US_ASCII);
    }

    private static String readToEnd(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
}
