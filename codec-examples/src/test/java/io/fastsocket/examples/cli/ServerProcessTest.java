package io.fastsocket.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.examples.http.RawClient;
import io.fastsocket.examples.http.RawClient.Response;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a process of its own shows: signals, and the limit of open files. */
@Timeout(120)
final class ServerProcessTest {
    private static final Pattern METRICS = Pattern.compile("metrics on http://127\\.0\\.0\\.1:(\\d+)/");
    private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+) ");

    /** A server that runs, and what it says. */
    private static final class Server implements AutoCloseable {
        private final Process process;
        private final BufferedReader err;
        private final int metricsPort;
        private final int port;

        Server(String shell, String... args) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    "sh",
                    "-c",
                    shell + "exec \"$0\" \"$@\"",
                    System.getProperty("java.home") + "/bin/java",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName()));
            command.addAll(List.of(args));
            process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            err = process.errorReader();
            metricsPort = portIn(METRICS);
            port = portIn(LISTENING);
        }

        private int portIn(Pattern line) throws IOException {
            for (String said = err.readLine(); said != null; said = err.readLine()) {
                Matcher found = line.matcher(said);
                if (found.find()) {
                    return Integer.parseInt(found.group(1));
                }
            }
            throw new IOException("the server ended before it said " + line);
        }

        Response probe(String path) throws IOException {
            try (RawClient client = new RawClient(metricsPort)) {
                return client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .response();
            }
        }

        /** Not by Process.destroy, which closes what it says as well. */
        void terminate() throws Exception {
            assertThat(process.toHandle().destroy()).isTrue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** It says where it listens first. */
    private static void awaitReady(Server server) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> server.probe("/readyz").status() == 200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void answersProbesWhenThereIsNoDescriptorLeft(String engine) throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (Server server = new Server(
                "ulimit -n 300; ",
                "echo",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--loops",
                "2",
                "--metrics-port",
                "0",
                "--connections-max",
                "0",
                "--engine",
                engine)) {
            for (int i = 0; i < 400; i++) {
                Socket client = new Socket();
                clients.add(client);
                client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 10_000);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(server.probe("/healthz").status()).isEqualTo(200);
            }
            assertThat(server.probe("/metrics").text()).contains("process_files_open_files");
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void hasRoomForProbesBecauseClientsAreLimitedByDefault() throws Exception {
        List<Socket> clients = new ArrayList<>();
        try (Server server = new Server(
                "ulimit -n 300; ",
                "http",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--engine",
                "epoll",
                "--loops",
                "2",
                "--metrics-port",
                "0")) {
            for (int i = 0; i < 400; i++) {
                Socket client = new Socket();
                clients.add(client);
                client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), 10_000);
            }
            awaitReady(server);
            await().atMost(Duration.ofSeconds(30)).until(() -> server.probe("/metrics")
                    .text()
                    .matches("(?s).*fastsocket_refused_connections_total.limit=.total.. [1-9].*"));
            String metrics = server.probe("/metrics").text();
            assertThat(metrics)
                    .containsPattern("fastsocket_refused_connections_total\\{limit=\"total\"\\} [1-9]")
                    .contains("fastsocket_refused_connections_total{limit=\"address\"} 0.0");
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void isALameDuckAtTheFirstSignalAndEndsAtTheSecond(String engine) throws Exception {
        try (Server server = new Server(
                        "",
                        "http",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "0",
                        "--loops",
                        "2",
                        "--metrics-port",
                        "0",
                        "--lame-duck",
                        "600",
                        "--engine",
                        engine);
                RawClient large = new RawClient(server.port)) {
            awaitReady(server);
            large.send("GET /bytes/67108864 HTTP/1.1\r\nHost: test\r\n\r\n");
            large.read(new byte[100], 0, 100);
            server.terminate();
            while (server.probe("/readyz").status() == 200) {
                Thread.onSpinWait();
            }
            // Told to right after that.
            for (boolean lame = false; !lame; ) {
                try (RawClient late = new RawClient(server.port)) {
                    Response response =
                            late.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n").response();
                    assertThat(response.status()).isEqualTo(200);
                    lame = response.field("connection").equals("close");
                }
            }
            server.terminate();
            assertThat(server.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(server.process.exitValue()).isZero();
            assertThat(server.err.lines())
                    .contains("stopped: 1 connection that had not ended at the second signal was reset");
        }
    }
}
