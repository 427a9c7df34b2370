package io.fastsocket.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.examples.http.RawClient.Response;
import io.fastsocket.transport.engine.Engine;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client of the server sees, over real sockets, on every engine. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
final class HttpServerTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final int BODY_MAX = 5000;

    private final Engine engine;
    private RunningServer running;

    HttpServerTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeEach
    void start() throws Exception {
        running = RunningServer.start(engine, HttpServerSettings.DEFAULT.withBodyBytesMax(BODY_MAX));
    }

    @AfterEach
    void stop() throws Exception {
        if (running != null) {
            running.close();
        }
    }

    @Test
    void answersManyRequestsOnOneConnection() throws Exception {
        try (RawClient client = running.client()) {
            for (int i = 0; i < 100; i++) {
                Response response = client.send(GET).response();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.text()).isEqualTo("Hello, World!");
                assertThat(response.fields()).doesNotContainKey("connection");
            }
        }
    }

    @Test
    void closesTheConnectionAfterTheResponseWhenAsked() throws Exception {
        for (int i = 0; i < 50; i++) {
            try (RawClient client = running.client()) {
                Response response = client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
                        .response();
                assertThat(response.field("connection")).isEqualTo("close");
                assertThat(client.atEnd()).isTrue();
            }
        }
    }

    @Test
    void keepsConnectionsOfHttp10OnlyWhenAsked() throws Exception {
        try (RawClient client = running.client()) {
            Response kept = client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .response();
            assertThat(kept.field("connection")).isEqualTo("keep-alive");
            Response last = client.send("GET / HTTP/1.0\r\n\r\n").response();
            assertThat(last.field("connection")).isEqualTo("close");
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 200; i++) {
            requests.append("GET /bytes/" + (i * 997) + " HTTP/1.1\r\nHost: test\r\n\r\n")
                    .append(GET);
        }
        try (RawClient client = running.client()) {
            CompletableFuture<Void> sent = sendAside(client, requests.toString());
            for (int i = 0; i < 200; i++) {
                assertThat(client.response().text()).hasSize(i * 997);
                assertThat(client.response().text()).isEqualTo("Hello, World!");
            }
            sent.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void answersManySmallStreamsThatWaitBehindALargeOne() throws Exception {
        // Enough to end the stack, were each of them to be answered from within the one before.
        int small = 3000;
        String requests = "GET /bytes/20000000 HTTP/1.1\r\nHost: test\r\n\r\n"
                + "GET /bytes/1 HTTP/1.1\r\nHost: t\r\n\r\n".repeat(small);
        try (RawClient client = running.client()) {
            CompletableFuture<Void> sent = sendAside(client, requests);
            assertThat(client.response().text()).hasSize(20_000_000);
            for (int i = 0; i < small; i++) {
                assertThat(client.response().text()).isEqualTo("0");
            }
            sent.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void answersHeadWithTheLengthAndNoBody() throws Exception {
        try (RawClient client = running.client()) {
            for (String path : new String[] {"/", "/hello", "/bytes/1234", "/nothing"}) {
                int length = client.send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n")
                        .response()
                        .text()
                        .length();
                Response head = client.send("HEAD " + path + " HTTP/1.1\r\nHost: test\r\n\r\n")
                        .headResponse();
                assertThat(head.field("content-length")).as(path).isEqualTo(Integer.toString(length));
            }
        }
    }

    @Test
    void streamsUpTo64MiB() throws Exception {
        try (RawClient client = running.client()) {
            String body = client.send("GET /bytes/67108864 HTTP/1.1\r\nHost: test\r\n\r\n")
                    .response()
                    .text();
            assertThat(body).hasSize(64 << 20);
            assertThat(body.substring((64 << 20) - 16)).isEqualTo("0123456789abcdef");
            Response over = client.send("GET /bytes/67108865 HTTP/1.1\r\nHost: test\r\n\r\n")
                    .response();
            assertThat(over.status()).isEqualTo(400);
            assertThat(client.send(GET).response().status()).isEqualTo(200);
        }
    }

    @Test
    void finishesAStreamForAClientThatHasShutItsSide() throws Exception {
        try (RawClient client = running.client()) {
            client.send("GET /bytes/30000000 HTTP/1.1\r\nHost: test\r\n\r\n").endOutput();
            assertThat(client.response().text()).hasSize(30_000_000);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void echoesBodies() throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (int bytes : new int[] {0, 1, 2048, BODY_MAX}) {
            String body = "x".repeat(bytes);
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(uri("/echo"))
                            .header("content-type", "text/test")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(body);
            assertThat(response.headers().firstValue("content-type")).contains("text/test");
        }
    }

    @Test
    void echoesChunkedBodies() throws Exception {
        try (RawClient client = running.client()) {
            client.send("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
            Response response = client.send("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").response();
            assertThat(response.text()).isEqualTo("abcde");
        }
    }

    @Test
    void refusesABodyThatSaysItIsTooLarge() throws Exception {
        try (RawClient client = running.client()) {
            client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + (BODY_MAX + 1) + "\r\n\r\n");
            assertRefused(client, 413);
        }
    }

    @Test
    void refusesABodyThatGrowsTooLargeAndLetsTheClientFinish() throws Exception {
        try (RawClient client = running.client()) {
            client.send("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
            byte[] chunk = ("1000\r\n" + "x".repeat(0x1000) + "\r\n").getBytes(US_ASCII);
            // More than the sockets hold: a close with unread data would reset the connection and lose the answer.
            for (int i = 0; i < 2000; i++) {
                client.send(chunk);
            }
            assertRefused(client, 413);
        }
    }

    /** As long as it takes for what closes after a few seconds to have closed. */
    @Test
    void letsAClientThatIsRefusedTakeItsTimeToFinish() throws Exception {
        try (RawClient client = running.client();
                RawClient silent = running.client()) {
            client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 4000000\r\n\r\n");
            byte[] part = new byte[100_000];
            for (int i = 0; i < 40; i++) {
                client.send(part);
                assertThat(silent.isSilentFor(100)).isTrue();
            }
            assertRefused(client, 413);
        }
    }

    @Test
    void keepsTheLastAnswerFromWhatCameBehindItsRequest() throws Exception {
        byte[] request = ("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n" + "POST /echo HTTP/1.1\r\n"
                        + "Host: test\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(300_000))
                .getBytes(US_ASCII);
        for (int i = 0; i < 20; i++) {
            try (RawClient client = running.client()) {
                client.send(request);
                assertThat(client.response().status()).isEqualTo(200);
                assertThat(client.atEnd()).isTrue();
            }
        }
    }

    @Test
    void keepsTheLastAnswerFromWhatCameWhileItWasStreamed() throws Exception {
        int bytes = 10_000_000;
        Socket socket = new Socket();
        // What the client does not read yet is to be at the server.
        socket.setReceiveBufferSize(1 << 16);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), running.port()));
        try (RawClient client = new RawClient(socket)) {
            client.send("GET /bytes/" + bytes + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
            client.read(new byte[100], 0, 100);
            client.send("x");
            assertThat(client.readToEnd()).hasSizeGreaterThan(bytes - 100);
        }
    }

    @Test
    void readsOnBehindALastAnswerThatFilledTheBuffer() throws Exception {
        int bytes = 100_000;
        try (RunningServer roomy = RunningServer.start(engine, HttpServerSettings.DEFAULT);
                RawClient client = roomy.client()) {
            client.send("POST /echo HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: " + bytes
                    + "\r\n\r\n" + "x".repeat(bytes) + GET);
            assertThat(client.response().text()).hasSize(bytes);
            assertThat(client.atEnd()).isTrue();
            // More than the sockets hold: somebody reads it, or it ends with a reset.
            client.send(new byte[20_000_000]);
        }
    }

    @Test
    void saysContinueToAClientThatWaitsForIt() throws Exception {
        try (RawClient client = running.client()) {
            client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.headResponse().status()).isEqualTo(100);
            assertThat(client.send("abc").response().text()).isEqualTo("abc");
        }
    }

    @Test
    void saysNoInsteadOfContinueToABodyThatIsTooLarge() throws Exception {
        try (RawClient client = running.client()) {
            client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 99999\r\nExpect: 100-continue\r\n\r\n");
            assertRefused(client, 413);
        }
    }

    @Test
    void refusesAnExpectationItDoesNotKnow() throws Exception {
        try (RawClient client = running.client()) {
            client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nExpect: a-miracle\r\n\r\n");
            assertRefused(client, 417);
        }
    }

    @Test
    void says404And405AndStaysOpen() throws Exception {
        try (RawClient client = running.client()) {
            Response missing =
                    client.send("GET /nothing HTTP/1.1\r\nHost: test\r\n\r\n").response();
            assertThat(missing.status()).isEqualTo(404);
            assertThat(missing.text()).startsWith("404 ");
            Response wrong = client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx")
                    .response();
            assertThat(wrong.status()).isEqualTo(405);
            assertThat(wrong.field("allow")).isEqualTo("GET, HEAD");
            Response get =
                    client.send("GET /echo HTTP/1.1\r\nHost: test\r\n\r\n").response();
            assertThat(get.status()).isEqualTo(405);
            assertThat(get.field("allow")).isEqualTo("POST");
            assertThat(client.send(GET).response().status()).isEqualTo(200);
        }
    }

    @Test
    void refusesWhatIsNoRequest() throws Exception {
        for (String bad : new String[] {
            "nonsense\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: test\r\nContent-Length: minus\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: test\r\nHost: test\r\n\r\n",
            "GET / HTTP/1.0\r\nHost: test\r\nX: y\r\nhost: other\r\n\r\n"
        }) {
            try (RawClient client = running.client()) {
                client.send(bad);
                assertRefused(client, 400);
            }
        }
    }

    @Test
    void refusesALineAndFieldsThatAreTooLong() throws Exception {
        try (RawClient client = running.client()) {
            client.send("GET /" + "x".repeat(9000) + " HTTP/1.1\r\nHost: test\r\n\r\n");
            assertRefused(client, 414);
        }
        try (RawClient client = running.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\nLong: " + "x".repeat(9000) + "\r\n\r\n");
            assertRefused(client, 431);
        }
    }

    @Test
    void answersRequestsOfEverySizeNearTheReadBuffers() throws Exception {
        String head = "GET / HTTP/1.1\r\nHost: test\r\nFill: ";
        try (RawClient client = running.client()) {
            for (int size : new int[] {64, 128, 512, 1024, 2047, 2048, 2049, 4096, 2048, 2048}) {
                String request = head + "x".repeat(size - head.length() - 4) + "\r\n\r\n";
                assertThat(request).hasSize(size);
                assertThat(client.send(request).response().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void acceptsTargetsInAbsoluteFormAndWithQueries() throws Exception {
        try (RawClient client = running.client()) {
            for (String target : new String[] {"http://test/hello?a=b", "http://test", "/?x", "/hello"}) {
                Response response = client.send("GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n")
                        .response();
                assertThat(response.text()).as(target).isEqualTo("Hello, World!");
            }
        }
    }

    @Test
    void datesItsResponses() throws Exception {
        try (RawClient client = running.client()) {
            String date = client.send(GET).response().field("date");
            assertThat(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant())
                    .isBetween(
                            java.time.Instant.now().minusSeconds(30),
                            java.time.Instant.now().plusSeconds(1));
        }
    }

    @Test
    void closesAnIdleConnection() throws Exception {
        try (RunningServer impatient = RunningServer.start(
                        engine, HttpServerSettings.DEFAULT.withIdleTimeout(Duration.ofMillis(200)));
                RawClient client = impatient.client()) {
            assertThat(client.send(GET).response().status()).isEqualTo(200);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void answersTheRequestInHandAndClosesTheRestWhenStopped() throws Exception {
        running.close();
        // One loop: when it has closed the idle connection, it knows that it is to end the other one.
        running = RunningServer.start(engine, HttpServerSettings.DEFAULT, 1);
        try (RawClient idle = running.client();
                RawClient busy = running.client()) {
            assertThat(idle.send(GET).response().status()).isEqualTo(200);
            busy.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            assertThat(busy.headResponse().status()).isEqualTo(100);
            CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(this::stopServer);
            assertThat(idle.atEnd()).isTrue();
            Response response = busy.send("abc").response();
            assertThat(response.text()).isEqualTo("abc");
            assertThat(response.field("connection")).isEqualTo("close");
            assertThat(busy.atEnd()).isTrue();
            assertThat(stopped.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void doesNotWaitBeyondItsBoundWhenStopped() throws Exception {
        try (RawClient stuck = running.client()) {
            stuck.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            assertThat(stuck.headResponse().status()).isEqualTo(100);
            assertThat(running.server().stop(Duration.ofMillis(100))).isFalse();
        }
    }

    private boolean stopServer() {
        try {
            return running.server().stop(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CompletableFuture<Void> sendAside(RawClient client, String requests) {
        return CompletableFuture.runAsync(() -> {
            try {
                client.send(requests);
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    private static void assertRefused(RawClient client, int status) throws Exception {
        Response response = client.response();
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.field("connection")).isEqualTo("close");
        assertThat(response.text()).startsWith(status + " ");
        assertThat(client.atEnd()).isTrue();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + running.port() + path);
    }
}
