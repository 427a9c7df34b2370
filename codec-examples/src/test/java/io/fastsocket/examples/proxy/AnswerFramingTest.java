package io.fastsocket.examples.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An answer whose end is in doubt is no answer, and its connection ends. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class AnswerFramingTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final String EVIL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

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

    static Stream<String> heads() {
        String status = "HTTP/1.1 200 OK\r\n";
        return Stream.of(
                status + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                status + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
                status + "Content-Length: 2\r\nTransfer-Encoding: identity\r\n\r\nok",
                status + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok",
                status + "Content-Length: 2, 3\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nContent-Length: 2, 40\r\n\r\nok",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nok",
                status + "Content-Length: 1\r\n 0\r\n\r\n0123456789",
                status + "Content-Length: -2\r\n\r\nok",
                status + "Content-Length: +2\r\n\r\nok",
                status + "Content-Length: 2x\r\n\r\nok",
                status + "Content-Length: 99999999999999999999\r\n\r\nok",
                status + "Content-Length:\r\n\r\nok",
                status + "Transfer-Encoding: gzip\r\n\r\nok",
                status + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                status + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
                status + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                status + "Transfer-Encoding: chunked\r\n x\r\n\r\n0\r\n\r\n",
                status + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n",
                status + "X: y\nContent-Length: 2\n\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
                "HTTP/1.1 0200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 +200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 -99 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/0.9 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "ICY 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "<html>hello</html>\r\n\r\n",
                "\u0000\u0001\u0002\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nok\r\n\r\n",
                "HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\nok\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("heads")
    void says502ToAHeadThatTwoMayReadDifferently(String answer) throws Exception {
        try (Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send(answer + EVIL);
            Wire.Head head = client.head();
            while (head.status() == 100) {
                head = client.head();
            }
            assertThat(head.status()).isEqualTo(502);
            assertThat(server.atEnd()).isTrue();
        }
    }

    static Stream<String> chunks() {
        return Stream.of(
                "zz\r\n",
                "-1\r\n",
                "0x2\r\nok\r\n",
                "\r\n",
                " \r\n",
                "2\nok\r\n",
                "2\r\nokay\r\n",
                "2\r\nok0\r\n\r\n",
                "80000000\r\n",
                "ffffffffffffffff2\r\nok\r\n",
                ";x=y\r\n",
                "2;x=\"\n\"\r\nok\r\n");
    }

    @ParameterizedTest
    @MethodSource("chunks")
    void cutsAtAChunkThatIsNone(String chunk) throws Exception {
        try (Wire client = running.client()) {
            client.send(GET);
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + "0\r\n\r\n" + EVIL);
            assertThatThrownBy(() -> {
                        client.response(200);
                    })
                    .isInstanceOf(IOException.class);
            assertThat(server.atEnd()).isTrue();
        }
    }
}
