package io.fastsocket.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.examples.http.RawClient;
import io.fastsocket.examples.tls.TlsClient;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes, one-line messages, and what goes to which output. */
@Timeout(60)
final class MainTest {
    private static final Pattern LISTENING = Pattern.compile(
            "listening on (\\S+):(\\d+) \\(engine (\\w+), (\\d+) loops?, steering (?:receiving-cpu|kernel-hash)\\)");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final StopSignal stop = new StopSignal();

    private int run(String... args) {
        return Main.run(stop, new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void listsTheCommandsWhenThereIsNone() {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("http", "echo", "demo", "bench");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void saysWhereTheBenchIs() {
        assertThat(run("bench")).isEqualTo(1);
        assertThat(err.toString()).contains("run it as ./fastsocket bench").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "echo", "demo"})
    void helpsWithEachCommand(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString()).contains("--engine", "Exit codes:", "Examples:");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "htp | fastsocket: there is no command 'htp'; see fastsocket --help",
                "--nothing | fastsocket: Unknown option: '--nothing'; see fastsocket --help",
                "http --nothing | fastsocket http: Unknown option: '--nothing'; see fastsocket http --help",
                "http --port 70000 | fastsocket http: --port 70000: give 0 to 65535; see fastsocket http --help",
                "http --backlog 0 | fastsocket http: --backlog 0: give 1 or more; see fastsocket http --help",
                "http --max-body -1 | fastsocket http: --max-body -1: give 0 to 1073741824; see fastsocket http --help",
                "http --files pom.xml | fastsocket http: --files: cannot serve files: directory=pom.xml (expected: a directory): it is none; fix: name another or make it; see fastsocket http --help",
                "http --files no-such | fastsocket http: --files: cannot serve files: directory=no-such (expected: a directory): it is none; fix: name another or make it; see fastsocket http --help",
                "http --tls-cert x | fastsocket http: --tls-cert and --tls-key: give both or none; see fastsocket http --help",
                "echo --idle-timeout -1 | fastsocket echo: --idle-timeout -1: give 0 to 86400; see fastsocket echo --help",
                "demo --duration 1 | fastsocket demo: --duration 1: give 2 to 3600; see fastsocket demo --help",
            })
    void saysInOneLineWhatIsWrong(String args, String line) {
        assertThat(run(args.split(" "))).isEqualTo(2);
        assertThat(err.toString()).isEqualToIgnoringNewLines(line);
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "--engine, kqueue, 'give auto, io_uring, epoll or nio'",
        "--placement, everywhere, 'give per-cpu, per-core, none, CPUs such as 0-3,8, queues:eth0, or layout:FILE'",
        "--steering, left, 'give receiving-cpu, incoming-cpu or kernel-hash'",
        "--flow-delivery, east, 'give auto, off, learned, rss:eth0 or portbits:eth0:40960:8192'",
        "--flow-delivery, portbits:eth0:80:8, 'expected a range within 1024..65535'",
        "--loops, -3, loops",
        "--loops, many, 'give a whole number, up to 2147483647'",
        "--idle-timeout, 1h, 'give a whole number, up to '",
        "--metrics-allowed-hosts, scraper.test, 'give --metrics-port as well'",
        "--host, no-such-host.invalid, 'no such host or interface; give an address, a host name or one of'",
    })
    void saysInOneLineWhichValuesThereAre(String option, String value, String hint) {
        assertThat(run("http", "--port", "0", option, value)).isEqualTo(2);
        assertThat(err.toString()).contains(value).contains(hint).hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void refusesABusyPort() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(other.getLocalPort());
            assertThat(run("http", "--host", "127.0.0.1", "--port", port)).isEqualTo(1);
            assertThat(err.toString())
                    .isEqualToIgnoringNewLines("fastsocket http: cannot listen on 127.0.0.1:" + port
                            + ": the port is in use; stop the process that has it (ss -ltnp) or give another --port");
        }
    }

    @Test
    void refusesAnAddressThatIsNotOurs() {
        // 192.0.2.0/24 is for documentation (RFC 5737).
        assertThat(run("http", "--host", "192.0.2.1", "--port", "0")).isEqualTo(1);
        assertThat(err.toString())
                .contains("this machine does not have the address")
                .hasLineCount(1);
    }

    @Test
    void explainsAMissingPrivilege() {
        CommandFailed failure = BindFailure.explain(
                new java.net.InetSocketAddress("127.0.0.1", 80), new java.net.SocketException("Permission denied"));
        assertThat(failure.exitCode()).isEqualTo(1);
        assertThat(failure)
                .hasMessageContaining("cannot listen on 127.0.0.1:80")
                .hasMessageContaining("give a --port from 1024 or grant CAP_NET_BIND_SERVICE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void servesUntilToldToStop(String engine) throws Exception {
        assumeEngine(engine);
        CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(() -> run(
                "http", "--host", "lo", "--port", "0", "--engine", engine, "--loops", "2", "--print-plan", "--json"));
        Matcher listening = awaitListening();
        assertThat(listening.group(1)).isEqualTo("127.0.0.1");
        assertThat(listening.group(3)).isEqualTo(engine);
        assertThat(out.toString()).hasLineCount(1);
        JsonNode plan = JSON.readTree(out.toString());
        assertThat(fields(plan)).containsExactly("listening", "engine", "loops", "capabilities");
        assertThat(plan.path("listening").textValue()).isEqualTo("127.0.0.1:" + listening.group(2));
        assertThat(plan.path("engine").textValue()).isEqualTo(engine);
        assertThat(plan.path("loops")).hasSize(2).allSatisfy(loop -> assertThat(fields(loop))
                .containsExactly("loop", "cpu", "listener"));
        assertThat(plan.path("capabilities")).isNotEmpty().allSatisfy(capability -> assertThat(fields(capability))
                .containsExactly("name", "chosen", "whyNotMore"));
        assertThat(err.toString()).hasLineCount(1);
        stop.stop();
        assertThat(exitCode.get(20, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void servesClientsThatSpeakTls(@TempDir Path directory) throws Exception {
        TlsClient.makeCertificate(directory, "served", "served.test");
        CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(() -> run(
                "http",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--tls-cert",
                directory.resolve("served.pem").toString(),
                "--tls-key",
                directory.resolve("served.key").toString()));
        int port = Integer.parseInt(awaitListening().group(2));
        try (RawClient client = new RawClient(TlsClient.connect(port, "served.test"))) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: served.test\r\n\r\n")
                            .response()
                            .status())
                    .isEqualTo(200);
        }
        stop.stop();
        assertThat(exitCode.get(20, TimeUnit.SECONDS)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void echoesAndKeepsTheOtherHalfOpen(String engine) throws Exception {
        assumeEngine(engine);
        CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(
                () -> run("echo", "--host", "127.0.0.1", "--port", "0", "--engine", engine, "--loops", "2"));
        int port = Integer.parseInt(awaitListening().group(2));
        byte[] sent = new byte[5_000_000];
        new java.util.Random(7).nextBytes(sent);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(sent);
            sending.get(10, TimeUnit.SECONDS);
        }
        stop.stop();
        assertThat(exitCode.get(20, TimeUnit.SECONDS)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void demonstratesWithoutAFailedRequest(String engine) throws Exception {
        assumeEngine(engine);
        assertThat(run("demo", "--duration", "2", "--engine", engine, "--json"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).hasLineCount(1);
        JsonNode result = JSON.readTree(out.toString());
        assertThat(fields(result)).containsExactly("engine", "steering", "loops", "stock", "comparisons", "failed");
        assertThat(result.path("engine").textValue()).isEqualTo(engine);
        assertThat(result.path("failed").longValue()).isZero();
        assertThat(result.path("loops")).isNotEmpty().allSatisfy(loop -> assertThat(fields(loop))
                .containsExactly(
                        "loop", "cpu", "accepted", "local", "remote", "localPercent", "connected", "connectedLocal"));
        assertThat(result.path("comparisons"))
                .allSatisfy(comparison -> {
                    assertThat(fields(comparison))
                            .containsExactly("mode", "fastsocket", "stock", "requestsRatio", "cpuRatio");
                    assertThat(fields(comparison.path("stock")))
                            .containsExactlyElementsOf(fields(comparison.path("fastsocket")))
                            .containsExactly(
                                    "requests", "failed", "seconds", "requestsPerSecond", "cpuMicrosPerRequest");
                })
                .extracting(comparison -> comparison.path("mode").textValue())
                .containsExactly("connection-per-request", "keep-alive");
        assertThat(err.toString()).isEmpty();
    }

    private static List<String> fields(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private Matcher awaitListening() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> LISTENING.matcher(err.toString()).find());
        Matcher listening = LISTENING.matcher(err.toString());
        assertThat(listening.find()).isTrue();
        return listening;
    }

    private static void assumeEngine(String name) {
        try {
            FastSocketEventLoopGroup.builder()
                    .engine(Engine.valueOf(name.toUpperCase(java.util.Locale.ROOT)))
                    .loops(1)
                    .build()
                    .shutdownGracefully(0, 1, TimeUnit.SECONDS);
        } catch (IllegalStateException e) {
            Assumptions.abort(name + ": " + e.getMessage());
        }
    }
}
