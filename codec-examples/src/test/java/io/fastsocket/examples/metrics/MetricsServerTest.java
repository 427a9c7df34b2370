package io.fastsocket.examples.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.examples.echo.EchoServer;
import io.fastsocket.examples.fault.CapturedLog;
import io.fastsocket.examples.http.RawClient;
import io.fastsocket.examples.http.RawClient.Response;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.SelectStrategy;
import io.netty.util.concurrent.EventExecutor;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the endpoint answers, to whom it is meant for and to others. */
@Timeout(60)
final class MetricsServerTest {
    private static final Duration STUCK_AFTER = Duration.ofMillis(300);

    private FastSocketEventLoopGroup group;
    private EchoServer echo;
    private MetricsServer server;

    @BeforeEach
    void start() throws IOException {
        group = FastSocketEventLoopGroup.builder()
                .engine(Engine.EPOLL)
                .loops(2)
                .placement(PlacementPolicy.none())
                .build();
        ServerBootstrap bootstrap = new ServerBootstrap().group(group).channel(FastSocketServerSocketChannel.class);
        echo = EchoServer.bind(bootstrap, anyPort(), Duration.ZERO);
        server = MetricsServer.start(group, anyPort(), List.of("scraper.example"), STUCK_AFTER);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        assertThat(group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS))
                .isTrue();
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private int port() {
        return server.address().getPort();
    }

    private Response get(String path) throws IOException {
        return get(path, "");
    }

    private Response get(String path, String fields) throws IOException {
        try (RawClient client = new RawClient(port())) {
            return client.send("GET " + path + " HTTP/1.1\r\nhost: localhost\r\n" + fields + "\r\n")
                    .response();
        }
    }

    // ---- clients that do wrong

    @Test
    void aRequestThatIsCutIsCountedAndIsNoLineInTheLog() throws IOException {
        try (CapturedLog log = new CapturedLog()) {
            try (RawClient client = new RawClient(port())) {
                client.send("POST /loops HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nx");
            }
            Awaitility.await("the count").atMost(Duration.ofSeconds(20)).until(() -> get("/metrics")
                    .text()
                    .contains("fastsocket_peer_faults_connections_total{cause=\"cut\",side=\"metrics\"} 1.0"));
            assertThat(log.lines()).isEmpty();
        }
    }

    // ---- meters

    @Test
    void speaksThePrometheusFormatAndOpenMetricsToThoseWhoAskForIt() throws IOException {
        Response prometheus = get("/metrics", "accept: text/plain\r\n");
        assertThat(prometheus.field("content-type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(prometheus.text())
                .contains("fastsocket_ladder{rung=\"epoll\",step=\"engine\"} 1.0", "jvm_memory_used_bytes")
                .doesNotContain("# EOF");

        Response openMetrics =
                get("/metrics", "accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n");
        assertThat(openMetrics.field("content-type"))
                .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(openMetrics.text()).contains("fastsocket_ladder").endsWith("# EOF\n");
    }

    @Test
    void compressesWhatIsLarge() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/metrics"))
                .header("accept-encoding", "gzip")
                .timeout(Duration.ofSeconds(10))
                .build();
        HttpResponse<byte[]> response = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, HttpResponse.BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("content-encoding")).contains("gzip");
        String text = new String(new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes(), UTF_8);
        assertThat(text).contains("fastsocket_accepted_connections_total");
        assertThat(response.body().length * 3).isLessThan(text.length());
    }

    @Test
    void doesNotCountItsOwnConnections() throws IOException {
        get("/loops");
        get("/loops");
        assertThat(group.loopStats()).allMatch(loop -> loop.accepted() == 0);
    }

    // ---- probes

    @Test
    void isReadyBetweenStartAndStop() throws IOException {
        assertThat(get("/readyz"))
                .matches(response -> response.status() == 503)
                .extracting(Response::text)
                .isEqualTo("not ready: starting\n");
        server.ready(true);
        assertThat(get("/readyz"))
                .matches(response -> response.status() == 200)
                .extracting(Response::text)
                .isEqualTo("ok\n");
        server.ready(false);
        assertThat(get("/readyz"))
                .matches(response -> response.status() == 503)
                .extracting(Response::text)
                .isEqualTo("not ready: stopping\n");
    }

    @Test
    void isNotHealthyOnceALoopIsDead() throws Exception {
        kill(1);

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(get("/healthz"))
                .matches(response -> response.status() == 503)
                .extracting(Response::text)
                .asString()
                .contains("loop 1 has died: java.lang.InternalError: broken")
                .doesNotContain("loop 0"));
        assertThat(get("/metrics").text())
                .contains("fastsocket_loop_up{cpu=\"none\",loop=\"1\"} 0.0")
                .contains("fastsocket_loop_up{cpu=\"none\",loop=\"0\"} 1.0");
        JsonNode loops = new ObjectMapper().readTree(get("/loops").text()).path("loops");
        assertThat(loops.get(1).path("causeOfDeath").asText()).isEqualTo("java.lang.InternalError: broken");
        assertThat(loops.get(0).path("causeOfDeath").isNull()).isTrue();
    }

    @Test
    void staysUnhealthyWhenAllLoopsAreDead() throws Exception {
        kill(0);
        kill(1);
        assertThat(group.terminationFuture().await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(get("/healthz").status()).isEqualTo(503);
        assertThat(get("/metrics").text()).contains("fastsocket_loop_up{cpu=\"none\",loop=\"0\"} 0.0");
    }

    /** As an Error in the loop itself does. */
    private void kill(int loopIndex) throws ReflectiveOperationException {
        List<EventExecutor> loops = new ArrayList<>();
        group.forEach(loops::add);
        EventExecutor loop = loops.get(loopIndex);
        Field strategy = loop.getClass().getDeclaredField("selectStrategy");
        strategy.setAccessible(true);
        SelectStrategy broken = (select, hasTasks) -> {
            throw new InternalError("broken");
        };
        loop.submit(() -> {
                    strategy.set(loop, broken);
                    return null;
                })
                .awaitUninterruptibly();
    }

    @Test
    void isHealthyUnlessALoopIsStuck() throws Exception {
        assertThat(get("/healthz"))
                .matches(response -> response.status() == 200)
                .extracting(Response::text)
                .isEqualTo("ok\n");

        CountDownLatch release = new CountDownLatch(1);
        group.iterator().next().execute(() -> awaitUninterruptibly(release));
        try {
            await().atMost(Duration.ofSeconds(10)).until(() -> get("/healthz").status() == 503);
            assertThat(get("/healthz").text())
                    .startsWith("loop 0 has not run a task for ")
                    .hasLineCount(1);
        } finally {
            release.countDown();
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> get("/healthz").status() == 200);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- loops

    @Test
    void tellsWhatTheLoopsDo() throws IOException {
        try (Socket client =
                new Socket(InetAddress.getLoopbackAddress(), ((InetSocketAddress) echo.address()).getPort())) {
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);

            JsonNode report = new ObjectMapper().readTree(get("/loops").text());
            assertThat(report.path("engine").asText()).isEqualTo("epoll");
            assertThat(report.path("listening").get(0).asText())
                    .isEqualTo("127.0.0.1:" + ((InetSocketAddress) echo.address()).getPort());
            assertThat(report.path("loops")).hasSize(2);
            assertThat(sum(report, "accepted")).isEqualTo(1);
            assertThat(sum(report, "active")).isEqualTo(1);
            assertThat(report.path("loops").get(0).path("cpu").isNull()).isTrue();
            assertThat(report.path("loops")
                            .get(1)
                            .path("listeners")
                            .get(0)
                            .path("limit")
                            .asLong())
                    .isPositive();
            assertThat(report.path("loops").get(0).path("busyNanos").asLong()).isPositive();
            JsonNode placement = report.path("ladder").get(1);
            assertThat(placement.path("step").asText()).isEqualTo("placement");
            assertThat(placement.path("rung").asText()).isEqualTo("unpinned");
            assertThat(report.path("ladder").get(2).path("why").asText()).isEqualTo("no loop is pinned");
            assertThat(report.path("stepsDown").findValuesAsText("cause")).contains("unpinned");
        }
    }

    private static long sum(JsonNode report, String count) {
        long sum = 0;
        for (JsonNode loop : report.path("loops")) {
            sum += loop.path(count).asLong();
        }
        return sum;
    }

    @Test
    void sendsThePastAndThenEverySecond() throws Exception {
        try (Socket page = new Socket(InetAddress.getLoopbackAddress(), port())) {
            page.setSoTimeout(10_000);
            page.getOutputStream().write("GET /events HTTP/1.0\r\n\r\n".getBytes(UTF_8));
            BufferedReader lines = new BufferedReader(new InputStreamReader(page.getInputStream(), UTF_8));
            List<String> read = new ArrayList<>();
            List<Long> times = new ArrayList<>();
            while (times.size() < 3) {
                String line = lines.readLine();
                read.add(line);
                if (line.startsWith("data: ") && read.get(read.size() - 2).equals("event: loops")) {
                    times.add(new ObjectMapper()
                            .readTree(line.substring(6))
                            .path("at")
                            .asLong());
                }
            }
            assertThat(read).contains("content-type: text/event-stream", "retry: 1000", "event: history");
            assertThat(read.indexOf("event: history")).isLessThan(read.indexOf("event: loops"));
            JsonNode history = new ObjectMapper()
                    .readTree(read.get(read.indexOf("event: history") + 1).substring(6));
            assertThat(history.path("samples").size()).isBetween(1, 300);
            assertThat(history.path("samples").get(0).path("loops").get(1))
                    .hasSize(history.path("columns").size());
            assertThat(times).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void doesNotServeMorePagesThanPeopleWouldLookAt() throws IOException {
        List<RawClient> pages = new ArrayList<>();
        try {
            for (int i = 0; i < 32; i++) {
                RawClient page = new RawClient(port());
                pages.add(page);
                assertThat(page.send("GET /events HTTP/1.1\r\nhost: localhost\r\n\r\n")
                                .response()
                                .status())
                        .isEqualTo(200);
            }
            assertThat(get("/events").status()).isEqualTo(503);
        } finally {
            for (RawClient page : pages) {
                page.close();
            }
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> get("/events").status() == 200);
    }

    // ---- the page

    @Test
    void pageAsksForNothingFromElsewhereAndHasNothingInline() throws IOException {
        Response page = get("/");
        assertThat(page.field("content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(page.field("content-security-policy")).contains("default-src 'self'");
        assertThat(page.text())
                .doesNotContainPattern("(?i)(src|href)=\"?(https?:)?//")
                .doesNotContainPattern("(?i)<script[^>]*>[^<]")
                .doesNotContainPattern("(?i)<style|\\sstyle=|\\son[a-z]+=");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/live.js", "/live.css", "/icon.svg", "/uplot.js", "/uplot.css"})
    void filesAreSentAgainOnlyWhenTheyHaveChanged(String path) throws IOException {
        Response first = get(path);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.text()).isNotBlank();
        Response again = get(path, "if-none-match: " + first.field("etag") + "\r\n");
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.text()).isEmpty();
    }

    // ---- others

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /nope HTTP/1.1 | 404",
                "GET /metrics/ HTTP/1.1 | 404",
                "GET /../etc/passwd HTTP/1.1 | 404",
                "GET /live.js/../index.html HTTP/1.1 | 404",
                "GET /loops?x=1 HTTP/1.1 | 200",
                "POST /metrics HTTP/1.1 | 405",
                "DELETE / HTTP/1.1 | 405",
                "POST /nope HTTP/1.1 | 404",
                "OPTIONS * HTTP/1.1 | 404",
                "nonsense | 400",
            })
    void answersEveryRequest(String line, int status) throws IOException {
        try (RawClient client = new RawClient(port())) {
            Response response =
                    client.send(line + "\r\nhost: localhost\r\n\r\n").response();
            assertThat(response.status()).isEqualTo(status);
            assertThat(response.text()).isNotEmpty();
            if (status == 405) {
                assertThat(response.field("allow")).isEqualTo("GET, HEAD");
            }
        }
    }

    @Test
    void refusesOversizedRequests() throws IOException {
        assertThat(get("/" + "x".repeat(5000)).status()).isEqualTo(414);
        assertThat(get("/loops", "x: " + "y".repeat(9000) + "\r\n").status()).isEqualTo(431);
        assertThat(get("/loops", "content-length: 1000000\r\n").status()).isEqualTo(413);
    }

    @Test
    void answersHeadWithoutABody() throws IOException {
        try (RawClient client = new RawClient(port())) {
            Response head = client.send("HEAD /loops HTTP/1.1\r\nhost: localhost\r\n\r\n")
                    .headResponse();
            assertThat(head.status()).isEqualTo(200);
            assertThat(Integer.parseInt(head.field("content-length"))).isPositive();
            assertThat(client.send("GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n")
                            .response()
                            .status())
                    .isEqualTo(503);
        }
    }

    @Test
    void answersRequestsOneAfterTheOtherAndClosesWhenAsked() throws IOException {
        try (RawClient client = new RawClient(port())) {
            client.send(
                    "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\nGET /nope HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(client.response().status()).isEqualTo(404);
            assertThat(client.atEnd()).isTrue();
        }
    }

    // ---- those who are not meant

    @Test
    void isReachedByAProbeHoweverManyIdleConnectionsThereAre() throws IOException {
        List<RawClient> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                idle.add(new RawClient(port()));
            }
            for (int i = 0; i < 3; i++) {
                assertThat(get("/healthz").status()).isEqualTo(200);
            }
            // The one that was used least lately made room.
            assertThat(idle.get(0).atEnd()).isTrue();
        } finally {
            for (RawClient client : idle) {
                client.close();
            }
        }
    }

    @Test
    void closesAConnectionWhoseRequestDrips() throws IOException {
        try (Socket dripping = new Socket(InetAddress.getLoopbackAddress(), port())) {
            dripping.setSoTimeout(500);
            dripping.getOutputStream().write("GET /healthz HTTP/1.1\r\n".getBytes(UTF_8));
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            boolean open = true;
            while (open && System.nanoTime() < until) {
                try {
                    dripping.getOutputStream().write("x: y\r\n".getBytes(UTF_8));
                    open = dripping.getInputStream().read() >= 0;
                } catch (SocketTimeoutException nothingYet) {
                    // The next line is due.
                } catch (SocketException reset) {
                    open = false;
                }
            }
            assertThat(open).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /healthz HTTP/1.1 | host: localhost | 200",
                "GET /healthz HTTP/1.1 | host: LocalHost.:9464 | 200",
                "GET /healthz HTTP/1.1 | host: 127.0.0.1:1 | 200",
                "GET /healthz HTTP/1.1 | host: [::1] | 200",
                "GET /healthz HTTP/1.1 | host: Scraper.example:9464 | 200",
                "GET /healthz HTTP/1.0 | x: y | 200",
                "GET /healthz HTTP/1.1 | x: y | 400",
                "GET /metrics HTTP/1.1 | host: evil.example | 421",
                "GET /healthz HTTP/1.0 | host: evil.example | 421",
                "GET /events HTTP/1.1 | host: localhost.evil.example | 421",
                "GET / HTTP/1.1 | host: evil.scraper.example | 421",
                "GET /loops HTTP/1.1 | host: 192.0.2.1 | 421",
                "GET /loops HTTP/1.1 | host: | 421",
            })
    void answersThoseWhoAskByANameItGoesBy(String line, String field, int status) throws IOException {
        try (RawClient client = new RawClient(port())) {
            assertThat(client.send(line + "\r\n" + field + "\r\n\r\n")
                            .response()
                            .status())
                    .isEqualTo(status);
        }
    }

    // ---- life

    @Test
    void leavesNothingBehindWhenThePortIsTaken() throws IOException {
        int threads = threadsNamed("metrics-");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort());
            assertThatThrownBy(() -> MetricsServer.start(group, address, List.of()))
                    .isInstanceOf(IOException.class);
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> threadsNamed("metrics-") == threads);
    }

    private static int threadsNamed(String prefix) {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }
}
