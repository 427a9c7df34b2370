package io.fastsocket.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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

@Timeout(60)
final class TcpProxyCommandTest {
    private static final Pattern LISTENING = Pattern.compile(
            "listening on 127\\.0\\.0\\.1:(\\d+) \\(engine nio, 1 loop, steering \\S+\\), upstreams \\[127.*]");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final StopSignal stop = new StopSignal();

    private int run(String... args) {
        return Main.run(stop, new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void helps() {
        assertThat(run("tcpproxy", "--help")).isZero();
        assertThat(out.toString())
                .contains("--listen", "--upstream", "--config", "--engine", "--drain-timeout", "--proxy-protocol-in")
                .contains("Exit codes:", "Examples:");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--upstream a:1 | --listen is missing: give HOST:PORT",
                "--listen 127.0.0.1:0 | --upstream is missing: give HOST:PORT, several after commas",
                "--listen 7000 --upstream a:1 | --listen 7000: give HOST:PORT, such as 127.0.0.1:8000 or [::1]:8000",
                "--listen ::1:0 --upstream a:1 | --listen ::1:0: give HOST:PORT, such as 127.0.0.1:8000 or [::1]:8000",
                "--listen lo:70000 --upstream a:1 | --listen lo:70000: give HOST:PORT, such as 127.0.0.1:8000 or [::1]:8000",
                "--listen lo:0 --upstream a:1,a:1 | --upstream [a:1, a:1]: give each once",
                "--listen lo:0 --upstream a:1 --drain-timeout 86401 | --drain-timeout 86401: give 0 to 86400",
                "--listen lo:0 --upstream a:1 --connect-tries 0 | --connect-tries 0: give 1 to 100",
                "--listen lo:0 --upstream a:1 --max-connections -1 | --max-connections -1: give 0 or more",
                "--listen lo:0 --upstream a | cannot use the upstream: upstream=a (expected HOST:PORT",
                "--listen no-such.invalid:0 --upstream a:1 | --listen no-such.invalid: no such host or interface",
            })
    void saysInOneLineWhatIsWrong(String args, String message) {
        assertThat(run(("tcpproxy " + args).split(" "))).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("fastsocket tcpproxy: ")
                .contains(message)
                .hasLineCount(1);
    }

    @Test
    void saysThatThePortIsInUse() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("tcpproxy", "--listen", "127.0.0.1:" + other.getLocalPort(), "--upstream", "a:1"))
                    .isEqualTo(1);
            assertThat(err.toString())
                    .contains("the port is in use; stop the process that has it (ss -ltnp) or give another --listen")
                    .hasLineCount(1);
        }
    }

    @Test
    void runsFromAFileUntilToldToStop(@TempDir Path directory) throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            upstream.setSoTimeout(10_000);
            Path file = directory.resolve("proxy.yaml");
            Files.writeString(
                    file,
                    """
                    listen: 127.0.0.1:0
                    upstream: ["127.0.0.1:%d"]
                    engine: nio
                    loops: 1
                    drain-timeout: 0
                    proxy-protocol-out: true
                    """
                            .formatted(upstream.getLocalPort()));
            CompletableFuture<Integer> exitCode =
                    CompletableFuture.supplyAsync(() -> run("tcpproxy", "--config", file.toString()));
            Matcher listening = awaitListening();
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(listening.group(1)));
                    Socket accepted = upstream.accept()) {
                client.setSoTimeout(10_000);
                accepted.setSoTimeout(10_000);
                // The header of version 2 over IPv4 has 28 bytes.
                assertThat(accepted.getInputStream().readNBytes(28)).startsWith('\r', '\n', '\r', '\n', 0);
                stop.stop();
                assertThat(exitCode.get(20, TimeUnit.SECONDS)).isZero();
            }
            assertThat(err.toString()).contains("stopped: 1 connection that had not ended after 0 s was reset");
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
