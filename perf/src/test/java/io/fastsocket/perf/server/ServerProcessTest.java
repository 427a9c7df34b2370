package io.fastsocket.perf.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shell scripts stand for servers: what is tested is how they are started, heard and ended. */
@Timeout(60)
class ServerProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ChildProcesses children = new ChildProcesses();

    @AfterEach
    void endChildren() {
        children.close();
    }

    @Test
    void findsAddressInTheLineThatSaysReady() {
        assertThat(Listening.parse("listening on 127.0.0.1:40123 (io_uring, 2 loops)"))
                .contains(new Listening(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 40123), "io_uring, 2 loops"));
        assertThat(Listening.parse("listening on 0.0.0.0:80 (epoll, 1 loop), upstreams [a:1]"))
                .contains(new Listening(new InetSocketAddress(80), "epoll, 1 loop"));
        assertThat(Listening.parse("listening on 0.0.0.0:80")).contains(new Listening(new InetSocketAddress(80), ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not listening on 127.0.0.1:1", "listening on port 80", "listening on 127.0.0.1:80x"})
    void takesNoOtherLineForIt(String line) {
        assertThat(Listening.parse(line)).isEmpty();
    }

    @Test
    void startsAndEndsServer() throws Exception {
        ServerProcess server = start("echo starting >&2; echo 'listening on 127.0.0.1:4711 (x)' >&2; exec sleep 600");

        assertThat(server.address()).isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711));
        assertThat(server.about()).isEqualTo("x");
        server.requireAlive();
        server.close();
        assertThat(ProcessHandle.of(server.pid())).isEmpty();
        assertThatThrownBy(server::requireAlive)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ended while under test");
    }

    @Test
    void endsServerThatIgnoresBeingAsked() throws Exception {
        ServerProcess server =
                start("trap '' TERM; echo 'listening on 127.0.0.1:4711' >&2; while :; do sleep 600; done");

        server.close();

        assertThat(ProcessHandle.of(server.pid())).isEmpty();
    }

    @Test
    void quotesServerThatEndsBeforeItListens() {
        assertThatThrownBy(() -> start("echo 'bind 127.0.0.1:80: in use' >&2; exit 1"))
                .isInstanceOf(IOException.class)
                .hasMessage("server shell ended before it listened; it said: bind 127.0.0.1:80: in use");
    }

    @Test
    void givesUpOnServerThatNeverListens() {
        assertThatThrownBy(() -> ServerProcess.start("shell", shell("exec sleep 600"), children, Duration.ofMillis(1)))
                .isInstanceOf(IOException.class)
                .hasMessage("server shell did not listen within 0 s");
        assertThat(ProcessHandle.current().children()).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void closingEndsAllChildrenAndStartsNoMore() throws Exception {
        ServerProcess one = start("echo 'listening on 127.0.0.1:1' >&2; exec sleep 600");
        ServerProcess other = start("echo 'listening on 127.0.0.1:2' >&2; exec sleep 600");

        children.close();

        assertThat(ProcessHandle.of(one.pid())).isEmpty();
        assertThat(ProcessHandle.of(other.pid())).isEmpty();
        assertThatThrownBy(() -> start("exec sleep 600")).hasMessageContaining("the run is being ended");
        assertThat(ProcessHandle.current().children()).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void waitsUntilServerThatSaysNothingTakesConnections() throws Exception {
        try (ServerSocket stands = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Listening expected = new Listening((InetSocketAddress) stands.getLocalSocketAddress(), "silent/1.0");

            ServerProcess server =
                    ServerProcess.start("silent", silent("exec sleep 600", expected), children, PATIENCE);

            assertThat(server.address()).isEqualTo(expected.address());
            assertThat(server.about()).isEqualTo("silent/1.0");
        }
    }

    @Test
    void quotesSilentServerThatEndsAndGivesUpOnOneThatNeverListens() throws Exception {
        Listening nobody = new Listening(FreePort.onLoopback(), "");

        assertThatThrownBy(() -> ServerProcess.start(
                        "silent", silent("echo 'wrong file' >&2; exit 1", nobody), children, PATIENCE))
                .isInstanceOf(IOException.class)
                .hasMessage("server silent ended before it listened; it said: wrong file");
        assertThatThrownBy(() ->
                        ServerProcess.start("silent", silent("exec sleep 600", nobody), children, Duration.ofMillis(1)))
                .isInstanceOf(IOException.class)
                .hasMessage("server silent did not listen within 0 s");
        assertThat(ProcessHandle.current().children()).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void closingEndsWhatAChildHasStartedAndDeletesTheDirectory() throws Exception {
        Path file = children.directory().resolve("server/worker");
        Files.createDirectories(file.getParent());
        ServerProcess server = start("trap '' TERM; sleep 600 & echo $! > " + file
                + "; echo 'listening on 127.0.0.1:1' >&2; while :; do wait; done");
        long worker = Long.parseLong(Files.readString(file).strip());
        assertThat(ProcessHandle.of(worker)).isPresent();

        children.close();

        assertThat(ProcessHandle.of(server.pid())).isEmpty();
        Awaitility.await().until(() -> ProcessHandle.of(worker).isEmpty());
        assertThat(file.getParent().getParent()).doesNotExist();
        assertThatThrownBy(children::directory).hasMessageContaining("the run is being ended");
    }

    private static ServerCommand silent(String script, Listening expected) {
        return new ServerCommand(shell(script).arguments(), Optional.of(expected));
    }

    private ServerProcess start(String script) throws IOException, InterruptedException {
        return ServerProcess.start("shell", shell(script), children, PATIENCE);
    }

    private static ServerCommand shell(String script) {
        return new ServerCommand(List.of("sh", "-c", script));
    }
}
