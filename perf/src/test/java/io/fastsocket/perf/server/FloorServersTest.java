package io.fastsocket.perf.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.opentest4j.TestAbortedException;

/** The C programs: what clients do that {@code wrk} does not. */
@Timeout(60)
class FloorServersTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nhost: bench\r\n\r\n";
    private static final String RESPONSE =
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 13\r\n\r\nHello, World!";

    private final ChildProcesses children = new ChildProcesses();

    @AfterEach
    void endChildren() {
        children.close();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "FLOOR_.*")
    void answersRequestsCutAnywhere(ServerKind kind) throws Exception {
        try (RawHttp client = new RawHttp(start(kind))) {
            for (int cut = 1; cut < REQUEST.length(); cut++) {
                client.send(REQUEST + REQUEST.substring(0, cut));
                assertThat(client.read(RESPONSE.length())).isEqualTo(RESPONSE);
                client.send(REQUEST.substring(cut));
                assertThat(client.read(RESPONSE.length())).isEqualTo(RESPONSE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "FLOOR_.*")
    void keepsOrderForASlowReaderOfPipelinedBodies(ServerKind kind) throws Exception {
        int bodies = 20;
        int bytes = 1 << 20;
        String large = "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: " + bytes
                + "\r\n\r\n" + "0123456789abcdef".repeat(bytes / 16);
        String last = "GET / HTTP/1.1\r\nconnection: x, Close\r\n\r\n";
        String asked = ("GET /bytes/" + bytes + " HTTP/1.1\r\n\r\n" + REQUEST).repeat(bodies) + last;
        try (RawHttp client = new RawHttp(start(kind))) {
            client.send(asked);
            for (int i = 0; i < bodies; i++) {
                assertThat(client.read(large.length()).equals(large)).isTrue();
                assertThat(client.read(RESPONSE.length())).isEqualTo(RESPONSE);
            }
            assertThat(client.readToEnd()).contains("connection: close").endsWith("Hello, World!");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "FLOOR_.*")
    void answersManyPipelinedRequestsBeforeTheClientReads(ServerKind kind) throws Exception {
        int requests = 1000;
        try (RawHttp client = new RawHttp(start(kind))) {
            client.send(REQUEST.repeat(requests)).shutdownOutput();
            assertThat(client.readToEnd()).isEqualTo(RESPONSE.repeat(requests));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "FLOOR_.*")
    void keepsHttp10OnlyWhenAsked(ServerKind kind) throws Exception {
        String response = RESPONSE.replace("\r\n\r\n", "\r\nconnection: keep-alive\r\n\r\n");
        try (RawHttp client = new RawHttp(start(kind))) {
            for (int i = 0; i < 2; i++) {
                client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
                assertThat(client.read(response.length())).isEqualTo(response);
            }
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.readToEnd()).contains("connection: close");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "FLOOR_.*")
    void refusesWhatItDoesNotServe(ServerKind kind) throws Exception {
        InetSocketAddress server = start(kind);
        assertThat(statusOf(server, "\r\n\r\n")).isEqualTo("400");
        assertThat(statusOf(server, "GET /\r\n\r\n")).isEqualTo("400");
        assertThat(statusOf(server, "GET /other HTTP/1.1\r\nconnection: close\r\n\r\n"))
                .isEqualTo("404");
        assertThat(statusOf(server, "GET /bytes/1048577 HTTP/1.1\r\nconnection: close\r\n\r\n"))
                .isEqualTo("404");
        assertThat(statusOf(server, "POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n"))
                .isEqualTo("405");
        assertThat(statusOf(server, "GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"))
                .isEqualTo("405");
        assertThat(statusOf(server, "x".repeat(8192))).isEqualTo("431");
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "FLOOR_.*")
    void goesOnAfterClientsThatGoAwayAndTheLimitOfOpenFiles(ServerKind kind) throws Exception {
        List<String> limited = List.of("sh", "-c", "ulimit -n 32; exec \"$@\"", "sh");
        InetSocketAddress server = start(kind, limited).address();
        try (RawHttp goesAway = new RawHttp(server)) {
            goesAway.send("GET /bytes/1048576 HTTP/1.1\r\n\r\n".repeat(20));
        }
        RawHttp[] idle = new RawHttp[100];
        for (int i = 0; i < idle.length; i++) {
            idle[i] = new RawHttp(server);
        }
        for (RawHttp client : idle) {
            client.close();
        }
        try (RawHttp client = new RawHttp(server)) {
            assertThat(client.send(REQUEST).read(RESPONSE.length())).isEqualTo(RESPONSE);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_ALL, names = "FLOOR_.*")
    void endsWithZeroOnSigterm(ServerKind kind) throws Exception {
        Process process = new ProcessBuilder(command(kind).arguments()).start();
        try (var lines = process.errorReader()) {
            assertThat(lines.readLine())
                    .matches("listening on 127\\.0\\.0\\.1:\\d+ \\(floor " + kind.engine() + ", 2 threads\\)");
            process.destroy();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void saysWhatToDoWithoutACompiler() throws Exception {
        Path build = Checkout.perf().resolve("floor/build");
        Path copy = Files.createDirectories(children.directory().resolve("perf/floor"));
        for (String file : List.of("build", "epoll-server.c")) {
            Files.copy(build.resolveSibling(file), copy.resolve(file));
        }
        Path programs = Files.createDirectories(children.directory().resolve("bin"));
        for (String program : List.of("bash", "dirname", "readlink")) {
            Files.createSymbolicLink(programs.resolve(program), Path.of("/usr/bin", program));
        }
        SystemProgram.Output output = SystemProgram.run(List.of(
                "/usr/bin/env",
                "PATH=" + programs,
                "bash",
                copy.resolve("build").toString(),
                "epoll-server"));

        assertThat(output.exitCode()).isEqualTo(1);
        assertThat(output.text())
                .isEqualTo("floor: no C compiler: cc is not on PATH; fix: apt-get install gcc libc6-dev liburing-dev");
    }

    private static String statusOf(InetSocketAddress server, String request) throws Exception {
        try (RawHttp client = new RawHttp(server)) {
            return client.send(request).readToEnd().substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length());
        } catch (SocketException e) {
            throw new AssertionError("closed without an answer to: " + request, e);
        }
    }

    private InetSocketAddress start(ServerKind kind) throws Exception {
        return start(kind, List.of()).address();
    }

    private ServerProcess start(ServerKind kind, List<String> before) throws Exception {
        List<String> arguments = new ArrayList<>(before);
        arguments.addAll(command(kind).arguments());
        return ServerProcess.start(kind.label(), new ServerCommand(arguments), children, Duration.ofSeconds(30));
    }

    private ServerCommand command(ServerKind kind) throws Exception {
        try {
            return FloorServers.command(
                    kind,
                    new ServerSetup(
                            ServerRole.HTTP,
                            ServerHost.LOOPBACK,
                            2,
                            Optional.empty(),
                            List.of(),
                            children.directory()));
        } catch (MissingServerException e) {
            throw new TestAbortedException(e.getMessage(), e);
        }
    }
}
