package io.fastsocket.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fastsocket.examples.fault.CapturedLog;
import io.fastsocket.examples.fault.Fault;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.examples.http.RawClient.Response;
import io.fastsocket.examples.tls.ServerTls;
import io.fastsocket.examples.tls.TlsByHand;
import io.fastsocket.examples.tls.TlsClient;
import io.fastsocket.transport.engine.Engine;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client that speaks TLS sees, on every engine. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
final class HttpsServerTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final int BODY_MAX = 5000;
    private static final int MEGABYTES_64 = 64 << 20;

    @TempDir
    private static Path directory;

    private final Engine engine;
    private RunningServer running;

    HttpsServerTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeAll
    static void makeCertificate() throws Exception {
        TlsClient.makeCertificate(directory, "server", "server.test");
    }

    @BeforeEach
    void start() throws Exception {
        ServerTls tls = ServerTls.of(List.of(TlsClient.certificate(directory, "", "server")));
        running = RunningServer.start(
                engine, HttpServerSettings.DEFAULT.withBodyBytesMax(BODY_MAX).withTls(tls));
    }

    @AfterEach
    void stop() throws Exception {
        if (running != null) {
            running.close();
        }
    }

    @Test
    void aClientThatDoesNotReadIsCutOffAndIsNoLineInTheLog() throws Exception {
        running.close();
        ServerTls tls = ServerTls.of(List.of(TlsClient.certificate(directory, "", "server")));
        running = RunningServer.start(
                engine,
                HttpServerSettings.DEFAULT
                        .withIdleTimeout(Duration.ofSeconds(2))
                        .withTls(tls));
        SSLSocket client = TlsClient.connect(running.port(), "server.test");
        try (CapturedLog log = new CapturedLog()) {
            client.getOutputStream().write("GET /bytes/60000000 HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(US_ASCII));
            assertThat(running.server().stop(Duration.ofSeconds(30)))
                    .describedAs("ended by itself")
                    .isTrue();
            assertThat(log.lines()).isEmpty();
        } finally {
            closeAnyhow(client);
        }
    }

    @Test
    void aSecondHandshakeIsTheClientsFault() throws Exception {
        SSLSocket client = TlsClient.connect(running.port(), "server.test", "TLSv1.2");
        try (CapturedLog log = new CapturedLog()) {
            client.getOutputStream().write(GET.getBytes(US_ASCII));
            client.startHandshake();

            awaitTlsFault(log);
        } finally {
            closeAnyhow(client);
        }
    }

    @Test
    void keyUpdatesWithoutEndAreTheClientsFault() throws Exception {
        SSLSocket client = TlsClient.connect(running.port(), "server.test", "TLSv1.3");
        try (CapturedLog log = new CapturedLog()) {
            // Each is answered, and no answer is taken.
            Throwable ended = catchThrowable(() -> {
                for (int i = 0; i < 100_000; i++) {
                    client.startHandshake();
                }
            });

            assertThat(ended).isInstanceOf(IOException.class);
            awaitTlsFault(log);
        } finally {
            closeAnyhow(client);
        }
    }

    @Test
    void aServersMessageFromAClientIsTheClientsFault() throws Exception {
        byte[] helloRequest = {0x16, 3, 3, 0, 4, 0, 0, 0, 0};
        try (CapturedLog log = new CapturedLog();
                TlsByHand client = new TlsByHand(running.port(), "TLSv1.2")) {
            client.say();
            client.say(helloRequest, helloRequest.length);

            awaitTlsFault(log);
        }
    }

    private void awaitTlsFault(CapturedLog log) {
        PeerFaults faults = running.server().faults();
        Awaitility.await().until(() -> faults.count(Side.CLIENT, Fault.TLS) == 1);
        assertThat(log.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whatComesAfterTheEndOfASessionIsDropped(String version) throws Exception {
        byte[] record = new byte[5 + 0x4000];
        System.arraycopy(new byte[] {0x17, 3, 3, 0x40, 0}, 0, record, 0, 5);
        long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        try (TlsByHand client = new TlsByHand(running.port(), version)) {
            client.shakeHands().sayTheEnd();
            for (int sent = 0; sent < MEGABYTES_64; sent += record.length) {
                client.say(record, record.length);
            }
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before)
                    .isLessThan(MEGABYTES_64 / 4);
        }
    }

    private static void closeAnyhow(SSLSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Its last word is heard by nobody.
        }
    }

    private RawClient client() throws Exception {
        return new RawClient(TlsClient.connect(running.port(), "server.test"));
    }

    @Test
    void answersPipelinedRequestsInOrderAndClosesWhenAsked() throws Exception {
        try (RawClient client = client()) {
            client.send(GET + "GET /bytes/3 HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
            assertThat(client.response().text()).isEqualTo("Hello, World!");
            assertThat(client.response().text()).isEqualTo("012");
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void sendsABodyLargerThanWhatIsUnderWayAtOnce() throws Exception {
        int bytes = 4 << 20;
        try (RawClient client = client()) {
            Response response = client.send("GET /bytes/" + bytes + " HTTP/1.1\r\nHost: test\r\n\r\n")
                    .response();
            assertThat(response.text().equals("0123456789abcdef".repeat(bytes / 16)))
                    .isTrue();
            assertThat(client.send(GET).response().status()).isEqualTo(200);
        }
    }

    @Test
    void answersWhatItRefusesAndEndsTheSession() throws Exception {
        String request = "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + (BODY_MAX + 1) + "\r\n\r\n";
        try (RawClient client = client()) {
            assertThat(client.send(request).response().status()).isEqualTo(413);
            assertThat(client.atEnd()).isTrue();
        }
        assertThat(endsSession(request)).isTrue();
    }

    /** Whether the server says the end of the session before that of the connection: the JDK's sockets do not tell. */
    private boolean endsSession(String request) throws Exception {
        SslContext trusting = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .build();
        EventLoopGroup group = new NioEventLoopGroup(1);
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        try {
            new Bootstrap()
                    .group(group)
                    .channel(NioSocketChannel.class)
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            channel.pipeline().addLast(trusting.newHandler(channel.alloc()), new EndOfSession(ended));
                        }
                    })
                    .connect(InetAddress.getLoopbackAddress(), running.port())
                    .sync()
                    .channel()
                    .writeAndFlush(Unpooled.copiedBuffer(request, US_ASCII))
                    .sync();
            return ended.get(10, TimeUnit.SECONDS);
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private static final class EndOfSession extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<Boolean> ended;

        EndOfSession(CompletableFuture<Boolean> ended) {
            this.ended = ended;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof SslCloseCompletionEvent end) {
                ended.complete(end.isSuccess());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }
    }

    @Test
    void closesAClientThatDoesNotSpeakTls() throws Exception {
        try (RawClient plain = running.client()) {
            plain.send(GET);
            byte[] alert = plain.readToEnd();
            assertThat(alert).hasSizeLessThan(8);
        }
        try (RawClient client = client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(200);
        }
    }
}
