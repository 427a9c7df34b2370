package io.fastsocket.examples.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.examples.proxy.Wire.Head;
import io.fastsocket.transport.engine.Engine;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that two servers may read differently are answered here, and their connection ends. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class RefusedRequestTest {
    private static final String HOST = "Host: test\r\n";
    private static final String POST = "POST / HTTP/1.1\r\n" + HOST;
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n";

    private static ScriptedUpstream upstream;
    private static RunningProxy running;

    @BeforeAll
    static void start() throws Exception {
        upstream = new ScriptedUpstream();
        running = RunningProxy.start(Engine.NIO, ProxySettings.to(List.of(upstream.upstream())));
    }

    @AfterAll
    static void stop() throws Exception {
        upstream.close();
        running.close();
    }

    static Stream<String> lengths() {
        return Stream.of(
                "Content-Length: 4\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 4",
                "Content-Length: 4\r\nTransfer-Encoding: xchunked",
                "Content-Length: 4\r\nContent-Length: 4",
                "Content-Length: 4\r\nContent-Length: 5",
                "Content-Length: 4, 4",
                "Content-Length: 4\r\ncontent-length: 0",
                "Content-Length: -1",
                "Content-Length: +4",
                "Content-Length: 0x4",
                "Content-Length: 4a",
                "Content-Length: 4 4",
                "Content-Length: 1\r\n 0",
                "Content-Length:",
                "Content-Length: 99999999999999999999",
                "Content-Length: 9223372036854775808",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: identity, chunked",
                "Transfer-Encoding: gzip, chunked",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: chunked;q=1",
                "Transfer-Encoding: \"chunked\"",
                "Transfer-Encoding:",
                "Transfer-Encoding:\r\n chunked",
                "Transfer-Encoding: chunked\r\n x",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                "Transfer-Encoding: \u000bchunked",
                "Transfer-Encoding: chunked\u000b",
                "Transfer-Encoding\u00a0: chunked",
                "Connection: Content-Length\r\nContent-Length: 4",
                "Connection: close, Transfer-Encoding\r\nTransfer-Encoding: chunked",
                "Connection: host\r\nContent-Length: 0");
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void refusesABodyWhoseEndIsInDoubt(String fields) throws Exception {
        assertRefused(POST + fields + "\r\n\r\n0\r\n\r\n" + SMUGGLED, 400);
    }

    static Stream<String> http10Lengths() {
        return Stream.of(
                "Content-Length: 4\r\nContent-Length: 5", "Content-Length: 4, 5", "Transfer-Encoding: chunked");
    }

    @ParameterizedTest
    @MethodSource("http10Lengths")
    void refusesTheSameInHttp10(String fields) throws Exception {
        assertRefused("POST / HTTP/1.0\r\n" + fields + "\r\n\r\n0\r\n\r\n" + SMUGGLED, 400);
    }

    static Stream<String> heads() {
        return Stream.of(
                // blanks and line ends
                "GET / HTTP/1.1\r\nHost : test\r\n\r\n",
                "GET / HTTP/1.1\r\n Host: test\r\n\r\n",
                "GET / HTTP/1.1\r\nHost\t: test\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X : y\r\n\r\n",
                "GET / HTTP/1.1\nHost: test\n\n",
                "GET / HTTP/1.1\r\nHost: test\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X: a\rb\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X: a\rContent-Length: 4\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X: a\r\r\n\r\n",
                "GET / HTTP/1.1\r\r\n" + HOST + "\r\n",
                "GET\r/\rHTTP/1.1\r\n" + HOST + "\r\n",
                "GET\t/\tHTTP/1.1\r\n" + HOST + "\r\n",
                "GET  / HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /  HTTP/1.1\r\n" + HOST + "\r\n",
                " GET / HTTP/1.1\r\n" + HOST + "\r\n",
                "GET / HTTP/1.1 \r\n" + HOST + "\r\n",
                // names, values, methods
                "GET / HTTP/1.1\r\n" + HOST + "X\u0000: y\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X: y\u0000z\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "X: y\u007f\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "(X): y\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + ": y\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "no colon\r\n\r\n",
                "G(T / HTTP/1.1\r\n" + HOST + "\r\n",
                "G\u0000T / HTTP/1.1\r\n" + HOST + "\r\n",
                // versions
                "GET / http/1.1\r\n" + HOST + "\r\n",
                "GET / HTTP/1.10\r\n" + HOST + "\r\n",
                "GET / HTTP/11\r\n" + HOST + "\r\n",
                "GET / HTTX/1.1\r\n" + HOST + "\r\n",
                "GET /\r\n\r\n",
                // hosts
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost:\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n",
                "GET http://a/ HTTP/1.1\r\n\r\n",
                // targets
                "GET * HTTP/1.1\r\n" + HOST + "\r\n",
                "GET x HTTP/1.1\r\n" + HOST + "\r\n",
                "GET ftp://a/ HTTP/1.1\r\n" + HOST + "\r\n",
                "GET http:///x HTTP/1.1\r\n" + HOST + "\r\n",
                "GET http://user@a/ HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /#x HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /\u0000 HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /\u00e4 HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /\u007f HTTP/1.1\r\n" + HOST + "\r\n",
                // a body of eight bytes that no field announces
                "GET / HTTP/1.1\r\n" + HOST + "Connection: Upgrade\r\nUpgrade: WebSocket\r\n"
                        + "Sec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n12345678",
                "\u0016\u0003\u0001\u0002\u0000\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("heads")
    void refusesAHeadThatIsNotAsItShouldBe(String request) throws Exception {
        assertRefused(request + SMUGGLED, 400);
    }

    @Test
    void refusesVersionsItDoesNotSpeak() throws Exception {
        assertRefused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
        assertRefused("GET / HTTP/1.2\r\n" + HOST + "\r\n", 505);
        assertRefused("GET / HTTP/3.0\r\n" + HOST + "\r\n", 505);
    }

    @Test
    void refusesMethodsThatAreNotForAReverseProxy() throws Exception {
        assertRefused("CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n", 405);
        assertRefused("TRACE / HTTP/1.1\r\n" + HOST + "\r\n", 405);
        try (Wire client = running.client()) {
            // RFC 9110, 15.5.6: a 405 says what there is in place of that.
            assertThat(client.send("TRACE / HTTP/1.1\r\n" + HOST + "\r\n")
                            .head()
                            .field("allow"))
                    .isEqualTo("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        }
    }

    @Test
    void refusesWhatIsTooLong() throws Exception {
        assertRefused("GET /" + "x".repeat(9000) + " HTTP/1.1\r\n" + HOST + "\r\n", 414);
        assertRefused("x".repeat(9000), 414);
        assertRefused("GET / HTTP/1.1\r\n" + HOST + "X: " + "x".repeat(40_000) + "\r\n\r\n", 431);
        assertRefused("GET / HTTP/1.1\r\n" + HOST + "X: y\r\n".repeat(10_000) + "\r\n", 431);
    }

    private static void assertRefused(String request, int status) throws Exception {
        try (Wire client = running.client()) {
            client.send(request);
            Head head = client.head();
            assertThat(head.status()).isEqualTo(status);
            assertThat(head.field("connection")).isEqualTo("close");
            assertThat(client.text(Integer.parseInt(head.field("content-length"))))
                    .startsWith(status + " ");
            assertThat(client.atEnd()).isTrue();
            assertThat(upstream.isLeftAloneFor(1)).isTrue();
        }
    }

    static Stream<String> chunks() {
        return Stream.of(
                "x\r\n",
                "-1\r\n",
                "0x4\r\nabcd\r\n",
                "\r\n",
                "4\nabcd\r\n",
                "4\r\nabcdX\r\n",
                "4\r\nabcd\n0\r\n\r\n",
                "100000000\r\n",
                "ffffffffffffffff\r\n",
                "4;\u0000\r\nabcd\r\n",
                "4;a\nb\r\nabcd\r\n",
                "0\r\nX : y\r\n\r\n",
                "0\r\nContent-Length: 4\r\nX\u0000: y\r\n\r\n");
    }

    /** The head has been sent on by then, so the upstream's connection ends within the request. */
    @ParameterizedTest
    @MethodSource("chunks")
    void cutsTheUpstreamOffWhenAChunkIsBad(String chunk) throws Exception {
        try (Wire client = running.client()) {
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            client.send(chunk + SMUGGLED);
            Head head = client.head();
            assertThat(head.status()).isEqualTo(400);
            assertThat(head.field("connection")).isEqualTo("close");
            client.text(Integer.parseInt(head.field("content-length")));
            assertThat(client.atEnd()).isTrue();
            assertThat(server.untilEnd()).asString().doesNotContain("smuggled").doesNotContain("0\r\n\r\n");
        }
    }
}
