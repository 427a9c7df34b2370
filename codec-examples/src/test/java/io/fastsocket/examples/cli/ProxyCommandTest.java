package io.fastsocket.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The options of {@code fastsocket proxy}, on the command line and in a file, and its life. */
@Timeout(60)
final class ProxyCommandTest {
    private static final Pattern LISTENING =
            Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+) .*upstreams \\[(\\S+)]");

    private static final Pattern METRICS = Pattern.compile("metrics on http://127\\.0\\.0\\.1:(\\d+)/");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final StopSignal stop = new StopSignal();

    @TempDir
    private Path directory;

    private int run(String... args) {
        return Main.run(stop, new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "proxy | --upstream: give at least one, such as http://127.0.0.1:8080",
                "proxy --upstream a:1,a:1 | upstreams: [a:1, a:1] (expected: each once)",
                "proxy --upstream https://a:1 | upstreams are spoken to without TLS",
                "proxy --upstream a:1 --listen 8000 | --listen 8000: give HOST:PORT, such as 127.0.0.1:8000 or [::1]:8000",
                "proxy --upstream a:1 --listen a.invalid:1 | --listen a.invalid: no such host or interface",
                "proxy --upstream a:1 --response-timeout 0 | --response-timeout 0: give 1 to 86400",
                "proxy --upstream a:1 --drain-timeout -1 | --drain-timeout -1: give 0 to 86400",
                "proxy --upstream a:1 --max-line 1 | lineBytesMax: 1 (expected: 64 to 1048576)",
                "proxy --upstream a:1 --pool-connections 0 | connectionsMax=0 (expected 1 to 65536)",
                "proxy --upstream a:1 --pool-idle-timeout -1 | --pool-idle-timeout -1: give 0 to 86400",
                "proxy --upstream a:1 --eject-after-failures -1 | failuresMax=-1 (expected 0 to 1000)",
                "proxy --upstream a:1 --eject-after-5xx 1001 | errorsMax=1001 (expected 0 to 1000)",
                "proxy --upstream a:1 --on-client-close maybe | --on-client-close",
                "proxy --upstream a:1 --host-header mine | --host-header",
                "proxy --upstream a:1 --forwarded never | --forwarded",
                "proxy --upstream a:1 --via a,b | via: \"a,b\" (expected: a host name or a pseudonym)",
                "proxy --upstream a:1 --tls-cert x | --tls-cert and --tls-key: give both or none",
                "proxy --upstream a:1 --tls x | certificate: \"x\" (expected: host=chain.pem:key.pem)",
                "proxy --upstream a:1 --metrics-port 70000 --listen 127.0.0.1:0 | --metrics-port 70000: give 0 to 65535",
                "proxy --upstream a:1 --backlog 0 | --backlog 0: give 1 or more",
            })
    void saysInOneLineWhatIsWrong(String args, String message) {
        assertThat(run(args.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(message).hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void saysThatAnUpstreamIsUnknownBeforeItListens() {
        assertThat(run("proxy", "--listen", "127.0.0.1:0", "--upstream", "no-such-host.invalid:80"))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("find upstream: host=no-such-host.invalid (expected: a name with an address)")
                .hasLineCount(1);
    }

    @Test
    void saysThatThePortIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("proxy", "--listen", "127.0.0.1:" + other.getLocalPort(), "--upstream", "127.0.0.1:1"))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("the port is in use").contains("another --listen");
        }
    }

    @Test
    void saysThatTheAccessLogCannotBeWritten() {
        assertThat(run("proxy", "--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:1", "--access-log", "/nowhere/x"))
                .isEqualTo(1);
        assertThat(err.toString())
                .contains("cannot open the access log: --access-log /nowhere/x (expected a file that can be written)")
                .hasLineCount(1);
    }

    @Test
    void readsEveryOptionFromAFileAndPrefersTheCommandLine() throws Exception {
        Path log = directory.resolve("access.log");
        Path file = Files.writeString(
                directory.resolve("proxy.yaml"),
                """
                listen: 127.0.0.1:0
                upstream:
                  - http://127.0.0.1:1
                  - 127.0.0.1:2
                host-header: upstream
                forwarded: replace
                via: edge
                max-line: 1024
                max-headers: 2048
                connect-timeout: 1
                response-timeout: 2
                idle-timeout: 3
                tunnel-timeout: 4
                drain-timeout: 5
                pool-connections: 6
                pool-idle-timeout: 7
                eject-after-failures: 8
                eject-after-5xx: 9
                on-client-close: abort
                proxy-protocol-in: false
                proxy-protocol-out: false
                access-log: %s
                backlog: 8
                engine: nio
                loops: 1
                placement: none
                steering: kernel-hash
                """
                        .formatted(log));
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String server = "127.0.0.1:" + upstream.getLocalPort();
            CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(
                    () -> run("proxy", "--config", file.toString(), "--upstream", server));
            Matcher listening = awaitListening();
            assertThat(listening.group(2)).isEqualTo(server);
            assertThat(err.toString()).contains("engine nio, 1 loop,");
            CompletableFuture<String> request = CompletableFuture.supplyAsync(() -> answerOne(upstream));
            assertThat(get(listening.group(1), "/x").body()).isEqualTo("ok");
            assertThat(request.get(10, TimeUnit.SECONDS)).contains("host: " + server, "via: 1.1 edge");
            assertThat(get(listening.group(1), "/" + "x".repeat(1024)).statusCode())
                    .isEqualTo(414);
            stop.stop();
            assertThat(exitCode.get(20, TimeUnit.SECONDS)).isZero();
        }
        assertThat(Files.readAllLines(log)).hasSize(2);
    }

    private static HttpResponse<String> get(String port, String path) throws IOException, InterruptedException {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .timeout(Duration.ofSeconds(10))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** Answers a request, and tells its head in lower case. */
    private static String answerOne(ServerSocket upstream) {
        try (Socket connection = upstream.accept()) {
            connection.setSoTimeout(10_000);
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) connection.getInputStream().read());
            }
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                            .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return head.toString().toLowerCase(java.util.Locale.ROOT);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "upstreem: a:1 | :1:1 (expected an option of | did you mean 'upstream'?",
                "listen: [a:1, b:2] | :1:9 (expected one value): | takes no list",
                "via: x~via: y | :2:1 (expected each option once): | 'via' is there twice",
                "help: true | :1:1 (expected an option of | there is no option 'help'",
            })
    void saysWhereAFileIsWrong(String text, String place, String cause) throws Exception {
        Path file = Files.writeString(directory.resolve("proxy.yaml"), text.replace("~", "\n"));
        assertThat(run("proxy", "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains(file + place).contains(cause).hasLineCount(1);
    }

    @Test
    void writesTheAccessLogToStandardOutputWhenAsked() throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(() -> run(
                    "proxy",
                    "--listen",
                    "127.0.0.1:0",
                    "--upstream",
                    "127.0.0.1:" + upstream.getLocalPort(),
                    "--access-log",
                    "-"));
            Matcher listening = awaitListening();
            CompletableFuture<String> request = CompletableFuture.supplyAsync(() -> answerOne(upstream));
            get(listening.group(1), "/logged");
            request.get(10, TimeUnit.SECONDS);
            stop.stop();
            assertThat(exitCode.get(20, TimeUnit.SECONDS)).isZero();
            assertThat(out.toString()).contains(" GET /logged 200 in=0 out=2 ").hasLineCount(1);
        }
    }

    @Test
    void showsItsLoopsAndPoolsAtTheMetricsPort() throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Integer> exitCode = CompletableFuture.supplyAsync(() -> run(
                    "proxy",
                    "--listen",
                    "127.0.0.1:0",
                    "--upstream",
                    "127.0.0.1:" + upstream.getLocalPort(),
                    "--loops",
                    "1",
                    "--metrics-port",
                    "0"));
            Matcher listening = awaitListening();
            Matcher metrics = METRICS.matcher(err.toString());
            assertThat(metrics.find()).isTrue();
            CompletableFuture<String> request = CompletableFuture.supplyAsync(() -> answerOne(upstream));
            get(listening.group(1), "/");
            request.get(10, TimeUnit.SECONDS);

            assertThat(get(metrics.group(1), "/readyz").body()).isEqualTo("ok\n");
            assertThat(get(metrics.group(1), "/metrics").body())
                    .containsPattern("fastsocket_pool_acquires_total\\{cpu=\"\\w+\",loop=\"0\",result=\"miss\"} 1.0")
                    .containsPattern("fastsocket_pool_acquires_total\\{cpu=\"\\w+\",loop=\"0\",result=\"hit\"} 0.0")
                    .containsPattern("fastsocket_opened_connections_total\\{cpu=\"\\w+\",loop=\"0\",mode=\"any\"} 1.0")
                    .contains("listener=\"127.0.0.1:" + listening.group(1) + "\"");
            stop.stop();
            assertThat(exitCode.get(20, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void saysThatTheMetricsPortIsInUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(other.getLocalPort());
            assertThat(run("proxy", "--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:1", "--metrics-port", port))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("the port is in use").contains("another --metrics-port");
        }
    }

    private Matcher awaitListening() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> LISTENING.matcher(err.toString()).find());
        Matcher listening = LISTENING.matcher(err.toString());
        assertThat(listening.find()).isTrue();
        return listening;
    }
}
