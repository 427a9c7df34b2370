package io.fastsocket.examples.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.examples.proxy.Wire.Head;
import io.fastsocket.examples.upstream.PoolSettings;
import io.fastsocket.transport.engine.Engine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Answers that come while the client is still sending: it gets them as a whole, although it reads nothing before it has
 * sent everything, and although the upstream reads nothing more. On every engine, over real sockets.
 */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(120)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class EarlyAnswerTest {
    /** What one part of a chunked body has. */
    private static final int CHUNK = 10_000;

    private static final String EXPLANATION = "this is more than the server takes. ".repeat(30);

    private final Engine engine;
    private ScriptedUpstream upstream;
    private RunningProxy running;

    EarlyAnswerTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
        PoolSettings kept = PoolSettings.DEFAULT;
        // Each request on a connection of its own, so that the upstream's way to end one is not met by the next.
        PoolSettings none = new PoolSettings(
                kept.connectionsMax(), kept.pendingMax(), kept.acquireTimeout(), kept.connectTimeout(), Duration.ZERO);
        running = RunningProxy.start(
                engine, ProxySettings.to(List.of(upstream.upstream())).with(none));
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
        if (running != null) {
            running.close();
        }
    }

    /** What an upstream does when it has seen a request's head, and wants no more of it. */
    private enum Way {
        /** Reads nothing more: the kernel resets the connection. */
        CLOSES("Connection: close\r\n"),
        ENDS_ITS_SIDE("Connection: close\r\n"),
        RESETS("Connection: close\r\n"),
        GOES_ON_READING(""),
        /** The answer ends with the connection. */
        CLOSES_WITHOUT_LENGTH("Connection: close\r\n");

        private final String fields;

        Way(String fields) {
            this.fields = fields;
        }

        void answer(Wire server) throws IOException {
            String length = this == CLOSES_WITHOUT_LENGTH ? "" : "Content-Length: " + EXPLANATION.length() + "\r\n";
            server.send("HTTP/1.1 413 Too Large\r\n" + fields + length + "\r\n" + EXPLANATION);
            switch (this) {
                case CLOSES, CLOSES_WITHOUT_LENGTH -> server.close();
                case ENDS_ITS_SIDE -> server.endOutput();
                case RESETS -> server.reset();
                case GOES_ON_READING -> server.readAside();
            }
        }
    }

    private static byte[] upload(int bytes, boolean chunked) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(("POST / HTTP/1.1\r\nHost: test\r\n"
                        + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + bytes) + "\r\n\r\n")
                .getBytes(ISO_8859_1));
        for (int left = bytes; left > 0; left -= CHUNK) {
            byte[] part = new byte[Math.min(left, CHUNK)];
            if (chunked) {
                request.writeBytes((Integer.toHexString(part.length) + "\r\n").getBytes(ISO_8859_1));
            }
            request.writeBytes(part);
            if (chunked) {
                request.writeBytes("\r\n".getBytes(ISO_8859_1));
            }
        }
        if (chunked) {
            request.writeBytes("0\r\n\r\n".getBytes(ISO_8859_1));
        }
        return request.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({
        "CLOSES, 30000, 5", "CLOSES, 300000, 20", "CLOSES, 5242880, 3",
        "ENDS_ITS_SIDE, 30000, 5", "ENDS_ITS_SIDE, 300000, 5", "ENDS_ITS_SIDE, 5242880, 2",
        "RESETS, 30000, 5", "RESETS, 300000, 5", "RESETS, 5242880, 2",
        "GOES_ON_READING, 30000, 5", "GOES_ON_READING, 300000, 5", "GOES_ON_READING, 5242880, 2",
        "CLOSES_WITHOUT_LENGTH, 30000, 5", "CLOSES_WITHOUT_LENGTH, 300000, 20", "CLOSES_WITHOUT_LENGTH, 5242880, 2"
    })
    void givesTheClientAnAnswerThatCameBeforeItsBody(Way way, int bytes, int times) throws Exception {
        for (boolean chunked : new boolean[] {false, true}) {
            byte[] request = upload(bytes, chunked);
            for (int i = 0; i < times; i++) {
                try (Wire client = running.client()) {
                    CompletableFuture<Void> sent = client.sendAside(request);
                    Wire server = upstream.accept();
                    server.head();
                    way.answer(server);
                    sent.get(30, TimeUnit.SECONDS);
                    String which = "chunked " + chunked + ", time " + i;
                    assertThat(client.response(413)).as(which).isEqualTo(EXPLANATION);
                    client.endOutput();
                    assertThat(client.untilEnd()).as(which).isEmpty();
                }
            }
        }
    }

    @Test
    void givesTheClientAnAnswerToAnExpectation() throws Exception {
        for (Way way : Way.values()) {
            try (Wire client = running.client()) {
                client.send(
                        "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 300000\r\n" + "Expect: 100-continue\r\n\r\n");
                Wire server = upstream.accept();
                server.head();
                way.answer(server);
                assertThat(client.response(413)).as("" + way).isEqualTo(EXPLANATION);
                assertThat(client.untilEnd()).as("" + way).isEmpty();
            }
        }
    }

    @Test
    void letsBothGoOnWhenAnAnswerBeginsBeforeTheBodyEnds() throws Exception {
        try (Wire client = running.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nA\r\n");
            Head head = client.head();
            assertThat(head.status()).isEqualTo(200);
            assertThat(client.text(6)).isEqualTo("1\r\nA\r\n");
            client.send("1\r\nb\r\n0\r\n\r\n");
            assertThat(server.chunked()).asString().isEqualTo("ab");
            server.send("1\r\nB\r\n0\r\n\r\n");
            assertThat(client.chunked()).asString().isEqualTo("B");
        }
    }

    @Test
    void cutsAnEarlyAnswerThatIsNotThereAsAWhole() throws Exception {
        try (Wire client = running.client()) {
            CompletableFuture<Void> sent = client.sendAside(upload(300_000, false));
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 413 Too Large\r\nContent-Length: 100\r\n\r\nhalf");
            server.close();
            assertThat(sent.handle((done, failed) -> true).get(30, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(client.atEndAfterAtMost(500)).isTrue();
        }
    }

    /** As long as it takes for what closes after a few seconds to have closed. */
    @Test
    void waitsForAClientThatTakesItsTimeToSend() throws Exception {
        byte[] part = new byte[100_000];
        try (Wire client = running.client();
                Wire silent = running.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4000000\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            Way.CLOSES.answer(server);
            for (int i = 0; i < 40; i++) {
                client.send(part);
                assertThat(silent.isSilentFor(100)).isTrue();
            }
            assertThat(client.response(413)).isEqualTo(EXPLANATION);
        }
    }

    @Test
    void waitsForAClientThatIsRefusedByTheProxyItself() throws Exception {
        byte[] part = new byte[100_000];
        upstream.close();
        String[] requests = {
            "POST / HTTP/1.1\r\nContent-Length: 4000000\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4000000\r\n\r\n"
        };
        int[] statuses = {400, 502};
        try (Wire first = running.client();
                Wire second = running.client();
                Wire silent = running.client()) {
            Wire[] clients = {first, second};
            for (int j = 0; j < clients.length; j++) {
                clients[j].send(requests[j]);
            }
            for (int i = 0; i < 40; i++) {
                first.send(part);
                second.send(part);
                assertThat(silent.isSilentFor(100)).isTrue();
            }
            for (int j = 0; j < clients.length; j++) {
                assertThat(clients[j].response(statuses[j])).startsWith(statuses[j] + " ");
            }
        }
    }

    @Test
    void keepsTheLastAnswerFromRequestsThatCameBehindIt() throws Exception {
        for (int i = 0; i < 20; i++) {
            try (Wire client = running.client()) {
                client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
                Wire server = upstream.accept();
                server.head();
                client.send(upload(300_000, false));
                server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                assertThat(client.response(200)).isEqualTo("ok");
                assertThat(client.untilEnd()).isEmpty();
            }
        }
    }

    /** More than is read with the request, and more than the client's socket holds of the answer. */
    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HTTP/1.1\r\nX: "})
    void givesALastAnswerToAClientThatSendsOnBehindIt(String next) throws Exception {
        try (Wire client = Wire.withSmallBufferTo(running.port())) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close, upgrade\r\nUpgrade: raw\r\n\r\n" + next);
            CompletableFuture<Void> sent = client.sendAside("x".repeat(1 << 20).getBytes(ISO_8859_1));
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + "y".repeat(300_000));
            assertThat(client.response(200)).hasSize(300_000);
            sent.get(10, TimeUnit.SECONDS);
        }
    }
}
