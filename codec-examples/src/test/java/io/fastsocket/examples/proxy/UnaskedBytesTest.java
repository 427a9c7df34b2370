package io.fastsocket.examples.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.examples.upstream.PoolSettings;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upstream sends beyond the answer reaches nobody: the next client gets its own, from a new connection. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class UnaskedBytesTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final String HEAD = "HEAD / HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String CHUNKED =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n";
    private static final String MINE = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine";
    private static final String SECRET = "HTTP/1.1 403 Forbidden\r\nSet-Cookie: who=first\r\nX: ";

    private final Engine engine;
    private ScriptedUpstream upstream;
    private RunningProxy running;

    UnaskedBytesTest(Engine engine) {
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

    /** Name, request, an answer that is whole, and what follows it. */
    static Stream<Arguments> surpluses() {
        String evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
        return Stream.of(
                Arguments.of("a head that has no end", GET, OK, SECRET),
                Arguments.of("a head that has no end, behind chunks", GET, CHUNKED, SECRET),
                Arguments.of("half a status line", GET, OK, "HTTP/1"),
                Arguments.of("one byte", GET, OK, "H"),
                Arguments.of("an answer", GET, OK, evil),
                Arguments.of("two answers", GET, OK, evil + evil),
                Arguments.of("an answer and half of one", GET, OK, evil + SECRET),
                Arguments.of("an answer of unknown length", GET, OK, "HTTP/1.1 200 OK\r\n\r\nevil"),
                Arguments.of("an answer, behind chunks", GET, CHUNKED, evil),
                Arguments.of("a line end", GET, OK, "\r\n"),
                Arguments.of("line ends and a head", GET, OK, "\r\n\n\r\n" + SECRET),
                Arguments.of("a line feed behind chunks", GET, CHUNKED, "\n"),
                Arguments.of("a blank", GET, OK, " "),
                Arguments.of("a zero byte", GET, OK, "\0"),
                Arguments.of("more body than announced", GET, OK, "more"),
                Arguments.of(
                        "a body where none is announced", GET, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "x"),
                Arguments.of("a second last chunk", GET, CHUNKED, "0\r\n\r\n"),
                Arguments.of("a switch of protocols", GET, OK, "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"),
                Arguments.of("100 behind the end", GET, OK, "HTTP/1.1 100 Continue\r\n\r\n"),
                Arguments.of("a thousand 100", GET, OK, "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000)),
                Arguments.of("103 without an end", GET, OK, "HTTP/1.1 103 Early Hints\r\nLink: <a"),
                Arguments.of("a line that is too long", GET, OK, "x".repeat(20_000)),
                Arguments.of("a body of 204", GET, "HTTP/1.1 204 No Content\r\n\r\n", "body"),
                Arguments.of("an answer as a body of 204", GET, "HTTP/1.1 204 No Content\r\n\r\n", evil),
                Arguments.of("a body of 304", GET, "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n", "body"),
                Arguments.of("a head as a body of 304", GET, "HTTP/1.1 304 Not Modified\r\n\r\n", SECRET),
                Arguments.of("a body for HEAD", HEAD, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", "body"),
                Arguments.of(
                        "chunks for HEAD",
                        HEAD,
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                        "4\r\nbody\r\n0\r\n\r\n"),
                Arguments.of("a head for HEAD", HEAD, "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n", SECRET));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("surpluses")
    void whatComesWithAnAnswerIsNotTheNextOne(String name, String request, String answer, String surplus)
            throws Exception {
        try (Wire client = running.client()) {
            client.send(request);
            Wire server = upstream.accept();
            server.head();
            server.send(answer + surplus);
            readAnswer(client, answer);
            assertNextClientGetsItsOwn(server);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("surpluses")
    void whatComesSoonAfterAnAnswerIsNotTheNextOne(String name, String request, String answer, String surplus)
            throws Exception {
        try (Wire client = running.client()) {
            client.send(request);
            Wire server = upstream.accept();
            server.head();
            server.send(answer);
            readAnswer(client, answer);
            server.send(surplus);
            assertNextClientGetsItsOwn(server);
        }
    }

    /** The request is there before the loop sees what came: the connection is looked at again when it is taken. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("surpluses")
    void whatWaitsUnreadWhenAConnectionIsTakenIsNotTheNextAnswer(
            String name, String request, String answer, String surplus) throws Exception {
        try (Wire client = running.client();
                Wire next = running.client()) {
            client.send(request);
            Wire server = upstream.accept();
            server.head();
            server.send(answer);
            readAnswer(client, answer);
            CompletableFuture<Wire> other = answerOnNewConnection();
            running.whileTheLoopIsBusy(() -> {
                next.send(GET);
                return server.send(surplus);
            });
            CompletableFuture<Boolean> ended = endsUnasked(server);
            assertThat(next.response(200)).isEqualTo("mine");
            other.get(10, TimeUnit.SECONDS);
            assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aConnectionThatEndedUnseenIsNotTaken() throws Exception {
        try (Wire client = running.client();
                Wire next = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send(OK);
            client.response(200);
            // A request that may not be sent again: it must not have gone out on what had ended.
            String post = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx";
            CompletableFuture<Wire> other = answerOnNewConnection();
            running.whileTheLoopIsBusy(() -> {
                next.send(post);
                server.close();
                return server;
            });
            assertThat(next.response(200)).isEqualTo("mine");
            other.get(10, TimeUnit.SECONDS);
        }
    }

    /** The connection is handed over in the moment in which it is given back. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("surpluses")
    void aRequestThatWaitedForTheConnectionGetsItsOwnAnswer(String name, String request, String answer, String surplus)
            throws Exception {
        PoolSettings one =
                new PoolSettings(1, 10, Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofSeconds(30));
        running.close();
        running = RunningProxy.start(
                engine, ProxySettings.to(List.of(upstream.upstream())).with(one));
        try (Wire client = running.client();
                Wire next = running.client()) {
            client.send(request);
            Wire server = upstream.accept();
            server.head();
            next.send(GET);
            // The second request waits in the pool once the loop has had a turn.
            running.whileTheLoopIsBusy(() -> server.send(answer).send(surplus));
            CompletableFuture<Wire> other = answerOnNewConnection();
            CompletableFuture<Boolean> ended = endsUnasked(server);
            readAnswer(client, answer);
            assertThat(next.response(200)).isEqualTo("mine");
            other.get(10, TimeUnit.SECONDS);
            assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 4", "Transfer-Encoding: chunked"})
    void aLengthThat204MayNotHaveEndsTheConnection(String field) throws Exception {
        try (Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 204 No Content\r\n" + field + "\r\n\r\n");
            Wire.Head head = client.head();
            assertThat(head.has("content-length")).isFalse();
            assertThat(head.has("transfer-encoding")).isFalse();
            assertNextClientGetsItsOwn(server);
        }
    }

    @Test
    void aConnectionWhoseAnswersEndAsTheyShouldIsKept() throws Exception {
        try (Wire client = running.client()) {
            Wire server = null;
            for (String answer : new String[] {OK, CHUNKED, "HTTP/1.1 100 Continue\r\n\r\n" + OK, OK}) {
                client.send(GET);
                server = server == null ? upstream.accept() : server;
                server.head();
                server.send(answer);
                if (answer.contains("100 Continue")) {
                    assertThat(client.head().status()).isEqualTo(100);
                }
                assertThat(client.response(200)).isEqualTo("ok");
            }
        }
    }

    @Test
    void anUpstreamOfHttp10IsKeptWhereItSaysSo() throws Exception {
        try (Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok");
            assertThat(client.response(200)).isEqualTo("ok");
            client.send(GET);
            server.head();
            server.send("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
            assertThat(client.response(200)).isEqualTo("ok");
            assertNextClientGetsItsOwn(server);
        }
    }

    private static void readAnswer(Wire client, String answer) throws IOException {
        Wire.Head head = client.head();
        assertThat(answer).contains(" " + head.status() + " ");
        if (answer.endsWith("ok")) {
            assertThat(client.text(2)).isEqualTo("ok");
        } else if (answer.equals(CHUNKED)) {
            assertThat(client.chunked()).asString().isEqualTo("ok");
        }
    }

    private void assertNextClientGetsItsOwn(Wire server) throws Exception {
        try (Wire next = running.client()) {
            CompletableFuture<Boolean> ended = endsUnasked(server);
            CompletableFuture<Wire> other = answerOnNewConnection();
            next.send(GET);
            assertThat(next.response(200)).isEqualTo("mine");
            other.get(10, TimeUnit.SECONDS);
            assertThat(ended.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Whether the connection ends before another request comes on it. One that comes is answered. */
    private static CompletableFuture<Boolean> endsUnasked(Wire server) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                server.head();
                server.send(MINE);
                return false;
            } catch (IOException e) {
                return true;
            }
        });
    }

    private CompletableFuture<Wire> answerOnNewConnection() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                Wire other = upstream.accept();
                other.head();
                return other.send(MINE);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
