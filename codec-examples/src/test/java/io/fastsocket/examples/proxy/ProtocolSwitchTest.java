package io.fastsocket.examples.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.examples.proxy.Wire.Head;
import io.fastsocket.examples.tls.ServerTls;
import io.fastsocket.examples.tls.TlsClient;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes with a request for another protocol, and which answers to one are passed on. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class ProtocolSwitchTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** The example of RFC 6455. */
    private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private static final String ACCEPT = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

    /** Long enough that nothing comes by accident, short enough to wait for. */
    private static final int MOMENT_MILLIS = 100;

    private final Engine engine;
    private ScriptedUpstream upstream;
    private RunningProxy running;

    ProtocolSwitchTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        running = RunningProxy.start(engine, ProxySettings.to(List.of(upstream.upstream())));
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
        if (running != null) {
            running.close();
        }
    }

    private static String asking(String token) {
        return "GET /chat HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: " + token + "\r\n"
                + (token.contains("websocket") ? KEY : "");
    }

    private static String switching(String token) {
        return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + token + "\r\n"
                + (token.equals("websocket") ? ACCEPT : "") + "\r\n";
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        new Random(bytes).nextBytes(random);
        return new String(random, ISO_8859_1);
    }

    // ---- what comes before the answer

    static Stream<Arguments> early() {
        String[][] contents = {
            {"a word", "hello"},
            {"a line", "foo\r\n"},
            {"line ends", "\r\n\r\n"},
            {"a request", "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n"},
            {"half a request", "POST / HTTP/1.1\r\nHo"},
            {"a frame of WebSocket", "\u0081\u0085\u0001\u0002\u0003\u0004igoho"},
            {"the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
            {"zeros", "\0\0\0\0"},
            {"a line that is too long", "x".repeat(20_000)},
            {"bytes", random(40_000)}
        };
        return Stream.of("foo", "websocket", "foo/2, websocket", "HTTP/1.1")
                .flatMap(token -> Stream.of(contents).map(content -> Arguments.of(token, content[0], content[1])));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("early")
    void passesWhatCameWithTheRequestOnceTheProtocolIsSwitched(String token, String name, String content)
            throws Exception {
        try (Wire client = running.client()) {
            client.send(asking(token) + "\r\n" + content);
            Wire server = upstream.accept();
            assertThat(server.head().field("upgrade")).isEqualTo(token);
            assertThat(server.isSilentFor(MOMENT_MILLIS)).isTrue();
            server.send(switching(token.contains("websocket") ? "websocket" : token) + "welcome");
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(client.text(7)).isEqualTo("welcome");
            client.send("MORE");
            assertThat(server.text(content.length() + 4)).isEqualTo(content + "MORE");
            server.send("BACK");
            assertThat(client.text(4)).isEqualTo("BACK");
            client.endOutput();
            assertThat(server.untilEnd()).isEmpty();
        }
    }

    @Test
    void passesWhatCameInManyReadsInOrder() throws Exception {
        String content = random(3_000);
        try (Wire client = running.client()) {
            String all = asking("foo") + "\r\n" + content;
            int at = 0;
            for (int end : new int[] {5, 60, all.length() - 3_000, all.length() - 2_999, all.length() - 1_000}) {
                client.send(all.substring(at, end));
                assertThat(client.isSilentFor(10)).isTrue();
                at = end;
            }
            client.send(all.substring(at));
            Wire server = upstream.accept();
            server.head();
            assertThat(server.isSilentFor(MOMENT_MILLIS)).isTrue();
            server.send(switching("foo"));
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(server.text(3_000)).isEqualTo(content);
        }
    }

    @Test
    void passesWhatCameBehindTheBodyOfTheRequest() throws Exception {
        for (String body : new String[] {
            "Content-Length: 4\r\n\r\nbody", "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"
        }) {
            try (Wire client = running.client()) {
                client.send(asking("foo").replace("GET", "POST") + body + "hello\r\n");
                Wire server = upstream.accept();
                Head head = server.head();
                String received =
                        head.has("content-length") ? server.text(4) : new String(server.chunked(), ISO_8859_1);
                assertThat(received).isEqualTo("body");
                assertThat(server.isSilentFor(MOMENT_MILLIS)).isTrue();
                server.send("HTTP/1.1 102 Processing\r\n\r\n" + switching("foo"));
                assertThat(client.head().status()).isEqualTo(102);
                assertThat(client.head().status()).isEqualTo(101);
                assertThat(server.text(7)).isEqualTo("hello\r\n");
            }
        }
    }

    @Test
    void passesWhatCameBehindEarlierRequestsAndOne() throws Exception {
        try (Wire client = running.client()) {
            client.send(GET + GET + asking("foo") + "\r\n" + "GET /not HTTP/1.1\r\n\r\n");
            Wire server = upstream.accept();
            for (int i = 0; i < 2; i++) {
                server.head();
                server.send(OK);
                assertThat(client.response(200)).isEqualTo("ok");
            }
            assertThat(server.head().field("upgrade")).isEqualTo("foo");
            server.send(switching("foo"));
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(server.text(21)).isEqualTo("GET /not HTTP/1.1\r\n\r\n");
        }
    }

    @Test
    void passesWhatAClientSentThatHasShutItsSide() throws Exception {
        try (Wire client = running.client()) {
            client.send(asking("foo") + "\r\nhello").endOutput();
            Wire server = upstream.accept();
            server.head();
            assertThat(server.isSilentFor(MOMENT_MILLIS)).isTrue();
            server.send(switching("foo"));
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(server.untilEnd()).asString().isEqualTo("hello");
            server.send("bye").close();
            assertThat(client.untilEnd()).asString().isEqualTo("bye");
        }
    }

    @Test
    void readsNoFurtherBeforeTheAnswer() throws Exception {
        byte[] content = new byte[64 << 20];
        new Random(5).nextBytes(content);
        long before = io.netty.buffer.PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        try (Wire client = running.client()) {
            client.send(asking("foo") + "\r\n");
            CompletableFuture<Void> sent = client.sendAside(content);
            Wire server = upstream.accept();
            server.head();
            assertThat(server.isSilentFor(1_000)).isTrue();
            assertThat(sent.isDone()).isFalse();
            assertThat(io.netty.buffer.PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before)
                    .isLessThan(12 << 20);
            server.send(switching("foo"));
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(server.digest(content.length)).isEqualTo(Wire.digest(content));
            sent.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void passesWhatCameUnderTls(@TempDir Path directory) throws Exception {
        TlsClient.makeCertificate(directory, "default", "default.test");
        ServerTls tls = ServerTls.of(List.of(TlsClient.certificate(directory, "", "default")));
        String content = random(20_000);
        try (RunningProxy secure = RunningProxy.start(
                        engine, ProxySettings.to(List.of(upstream.upstream())), parts -> parts.with(tls));
                Wire client = new Wire(TlsClient.connect(secure.port(), "any.test"))) {
            client.send(asking("foo") + "\r\n" + content);
            Wire server = upstream.accept();
            server.head();
            assertThat(server.isSilentFor(MOMENT_MILLIS)).isTrue();
            server.send(switching("foo") + "welcome");
            assertThat(client.head().status()).isEqualTo(101);
            assertThat(client.text(7)).isEqualTo("welcome");
            client.send("MORE");
            assertThat(server.text(20_004)).isEqualTo(content + "MORE");
        }
    }

    // ---- answers that do not switch

    @Test
    void readsWhatCameAsRequestsWhenTheProtocolStays() throws Exception {
        try (Wire client = running.client()) {
            client.send(asking("websocket") + "\r\n" + GET + asking("foo") + "\r\n" + GET + "GET / HT");
            Wire server = upstream.accept();
            for (int i = 0; i < 4; i++) {
                server.head();
                assertThat(server.isSilentFor(20)).isTrue();
                server.send(OK);
                assertThat(client.response(200)).isEqualTo("ok");
            }
            client.send("TP/1.1\r\nHost: test\r\n\r\n");
            server.head();
            server.send(OK);
            assertThat(client.response(200)).isEqualTo("ok");
        }
    }

    @Test
    void answersRequestsOfAClientThatHasShutItsSideWhenTheProtocolStays() throws Exception {
        try (Wire client = running.client()) {
            client.send(asking("foo") + "\r\n" + GET).endOutput();
            Wire server = upstream.accept();
            for (int i = 0; i < 2; i++) {
                server.head();
                server.send(OK);
                assertThat(client.response(200)).isEqualTo("ok");
            }
            assertThat(client.atEnd()).isTrue();
        }
    }

    /** The answer first: what is held is read from a task, which the end of the client's side comes before. */
    @Test
    void answersRequestsOfAClientThatShutsItsSideAsTheAnswerComes() throws Exception {
        try (Wire client = running.client()) {
            client.send(asking("foo") + "\r\n" + GET);
            Wire server = upstream.accept();
            server.head();
            running.whileTheLoopIsBusy(() -> {
                server.send(OK);
                client.endOutput();
                return null;
            });
            assertThat(client.response(200)).isEqualTo("ok");
            server.head();
            server.send(OK);
            assertThat(client.response(200)).isEqualTo("ok");
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void refusesWhatIsNoRequestWhenTheProtocolStays() throws Exception {
        for (String content : new String[] {"hello\r\n\r\n", "\u0081\u0085\u0001\u0002\r\n", random(1_000) + "\n"}) {
            try (Wire client = running.client()) {
                client.send(asking("foo") + "\r\n" + content);
                try (Wire server = upstream.accept()) {
                    server.head();
                    server.send("HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
                    assertThat(client.response(426)).isEqualTo("ok");
                    client.response(400);
                    assertThat(client.atEnd()).isTrue();
                    assertThat(server.untilEnd()).isEmpty();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: test\r\nUpgrade: foo\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: test\r\nConnection: keep-alive\r\nUpgrade: foo\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: test\r\nConnection: upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                        + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
                "GET / HTTP/1.0\r\nConnection: keep-alive, upgrade\r\nUpgrade: foo\r\n\r\n"
            })
    void asksForNothingWhereNothingIsAsked(String request) throws Exception {
        try (Wire client = running.client()) {
            client.send(request + "GET /next HTTP/1.1\r\nHost: test\r\n\r\n");
            Wire server = upstream.accept();
            Head head = server.head();
            assertThat(head.has("upgrade")).isFalse();
            assertThat(head.has("connection")).isFalse();
            server.send(OK);
            client.response(200);
            assertThat(server.head().startLine()).isEqualTo("GET /next HTTP/1.1");
            server.send(switching("foo"));
            client.response(502);
            assertThat(server.atEnd()).isTrue();
        }
    }

    @Test
    void offersWhatIsOfferedButHttp2() throws Exception {
        try (Wire client = running.client()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade: foo/1, H2C\r\nUpgrade: bar\r\n\r\n");
            Wire server = upstream.accept();
            assertThat(server.head().field("upgrade")).isEqualTo("foo/1, bar");
            server.send(switching("bar"));
            assertThat(client.head().status()).isEqualTo(101);
        }
    }

    // ---- answers that switch, and may not

    static Stream<Arguments> refused() {
        String head = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ";
        return Stream.of(
                Arguments.of("websocket", head + "websocket\r\n\r\n"),
                Arguments.of("websocket", head + "WebSocket\r\n\r\n"),
                Arguments.of("WebSocket", head + "websocket\r\nSec-WebSocket-Accept:\r\n\r\n"),
                Arguments.of("websocket", head + "websocket\r\nSec-WebSocket-Accept: wrong\r\n\r\n"),
                Arguments.of("websocket", head + "websocket\r\n" + ACCEPT + ACCEPT + "\r\n"),
                Arguments.of("websocket", head + "foo\r\n\r\n"),
                Arguments.of("websocket", "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
                Arguments.of("foo, websocket", head + "websocket\r\n\r\n"),
                Arguments.of("foo, websocket", "HTTP/1.1 101 Switching Protocols\r\n\r\n"),
                Arguments.of(
                        "websocket",
                        "HTTP/1.1 101 WebSocket Protocol Handshake\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Origin: http://test\r\nSec-WebSocket-Location: ws://test/\r\n\r\n"
                                + "0123456789abcdef"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void says502ToASwitchThatNoClientOfWebSocketTakes(String token, String answer) throws Exception {
        try (Wire client = running.client()) {
            client.send(
                    asking(token).replace("\r\n\r\n", "\r\n") + (token.equals("WebSocket") ? KEY : "") + "\r\nhello");
            Wire server = upstream.accept();
            server.head();
            server.send(answer + "first");
            assertThat(client.response(502)).startsWith("502 ");
            assertThat(server.untilEnd()).isEmpty();
        }
    }

    static Stream<Arguments> joined() {
        return Stream.of(
                Arguments.of("foo", "HTTP/1.1 101 X\r\n\r\n"),
                Arguments.of("foo", "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: FOO\r\n\r\n"),
                Arguments.of("foo", "HTTP/1.1 101 X\r\nUpgrade: bar\r\n\r\n"),
                Arguments.of("foo", "HTTP/1.1 101 X\r\nUpgrade: websocket\r\n\r\n"),
                Arguments.of("foo", "HTTP/1.1 101 X\r\nUpgrade: HTTP/1.1\r\nContent-Length: 5\r\n\r\n"),
                Arguments.of("foo", "HTTP/1.1 101 X\r\nUpgrade: foo\r\nTransfer-Encoding: chunked\r\n\r\n"),
                Arguments.of("websocket, foo", "HTTP/1.1 101 X\r\nUpgrade: foo\r\n\r\n"),
                Arguments.of("websocket", "HTTP/1.1 101 X\r\nUpgrade: WEBSOCKET\r\n" + ACCEPT + "\r\n"));
    }

    @ParameterizedTest
    @MethodSource("joined")
    void joinsBothSidesAtTheHeadOfAnyOtherSwitch(String token, String answer) throws Exception {
        try (Wire client = running.client()) {
            client.send(asking(token) + "\r\nhello");
            Wire server = upstream.accept();
            server.head();
            server.send(answer + "first");
            Head head = client.head();
            assertThat(head.status()).isEqualTo(101);
            assertThat(head.has("content-length")).isFalse();
            assertThat(head.has("transfer-encoding")).isFalse();
            assertThat(client.text(5)).isEqualTo("first");
            assertThat(server.text(5)).isEqualTo("hello");
        }
    }

    @Test
    void says502ToASwitchBeforeTheRequestHasEnded() throws Exception {
        try (Wire client = running.client()) {
            client.send(asking("foo").replace("GET", "POST") + "Content-Length: 10\r\n\r\nhalf");
            Wire server = upstream.accept();
            server.head();
            server.text(4);
            server.send(switching("foo"));
            assertThat(client.response(502)).startsWith("502 ");
            assertThat(server.untilEnd()).isEmpty();
        }
    }

    /** What a client takes for a switch must be one: a key that is no key has no right answer. */
    @Test
    void leavesAKeyThatIsNoneToTheUpstream() throws IOException {
        try (Wire client = running.client()) {
            client.send(asking("websocket").replace(KEY, "Sec-WebSocket-Key: x\r\n") + "\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send(switching("websocket"));
            assertThat(client.head().status()).isEqualTo(101);
        }
    }
}
