package io.fastsocket.examples.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.examples.http.RawClient.Response;
import io.fastsocket.examples.tls.ServerTls;
import io.fastsocket.examples.tls.TlsClient;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients see of a server that stops, on every engine. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
final class StopTest {
    private static final String LARGE = "GET /bytes/67108864 HTTP/1.1\r\nHost: test\r\n\r\n";

    @TempDir
    private static Path directory;

    private final Engine engine;
    private RunningServer running;

    StopTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeAll
    static void makeCertificate() throws Exception {
        TlsClient.makeCertificate(directory, "server", "server.test");
    }

    @BeforeEach
    void start() throws Exception {
        running = RunningServer.start(engine, HttpServerSettings.DEFAULT, 1);
    }

    @AfterEach
    void stop() throws Exception {
        if (running != null) {
            running.close();
        }
    }

    private CompletableFuture<Integer> stopAside(Duration bound, CompletableFuture<?> atOnce) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return running.server().stop(bound, atOnce);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** Another connection that is idle is closed at once: the server has begun to stop. */
    private static void awaitStopping(RawClient idle) throws IOException {
        assertThat(idle.atEnd()).isTrue();
    }

    @Test
    void answersARequestWhoseHeadOrBodyIsHalfSent() throws Exception {
        try (RawClient head = running.client();
                RawClient body = running.client();
                RawClient idle = running.client()) {
            head.send("GET / HTTP/1.1\r\nHost: test\r\n\r\nGET / HTTP/1.1\r\nHost: te");
            assertThat(head.response().status()).isEqualTo(200);
            body.send("POST /echo HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nab");
            assertThat(body.response().status()).isEqualTo(100);
            assertThat(idle.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
                            .response()
                            .status())
                    .isEqualTo(200);
            CompletableFuture<Integer> stopped = stopAside(Duration.ofSeconds(30), new CompletableFuture<>());
            awaitStopping(idle);

            Response late = head.send("st\r\n\r\n").response();
            assertThat(late.status()).isEqualTo(200);
            assertThat(late.field("connection")).isEqualTo("close");
            assertThat(head.atEnd()).isTrue();
            assertThat(body.send("cd").response().text()).isEqualTo("abcd");
            assertThat(body.atEnd()).isTrue();
            assertThat(stopped.get(20, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void keepsTheLastAnswerFromARequestBehindIt() throws Exception {
        int bytes = 67108864;
        try (RawClient large = running.client();
                RawClient idle = running.client()) {
            large.send(LARGE);
            large.read(new byte[100], 0, 100);
            assertWholeAnswerThroughAStop(large, idle, bytes);
        }
    }

    @Test
    void keepsAnAnswerThatIsNotTakenYetFromARequestBehindIt() throws Exception {
        int bytes = 20_000_000;
        running.close();
        running = RunningServer.start(engine, HttpServerSettings.DEFAULT.withBodyBytesMax(bytes), 1);
        try (RawClient slow = running.client();
                RawClient idle = running.client()) {
            slow.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: " + bytes + "\r\n\r\n");
            slow.send(new byte[bytes]);
            slow.read(new byte[100], 0, 100);
            assertWholeAnswerThroughAStop(slow, idle, bytes);
        }
    }

    /** With a request behind the one whose answer is on its way. */
    private void assertWholeAnswerThroughAStop(RawClient client, RawClient idle, int bytes) throws Exception {
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        assertThat(idle.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n").response().status())
                .isEqualTo(200);
        CompletableFuture<Integer> stopped = stopAside(Duration.ofSeconds(30), new CompletableFuture<>());
        awaitStopping(idle);
        assertThat(client.readToEnd()).hasSizeGreaterThan(bytes - 100);
        client.close();
        assertThat(stopped.get(20, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void resetsAndCountsWhatHasNotEndedInTime() throws Exception {
        try (RawClient large = running.client()) {
            large.send(LARGE);
            large.read(new byte[100], 0, 100);
            assertThat(running.server().stop(Duration.ofMillis(200), new CompletableFuture<>()))
                    .isEqualTo(1);
            assertThatThrownBy(large::readToEnd).isInstanceOf(IOException.class).hasMessageContaining("reset");
        }
    }

    @Test
    void resetsARequestThatIsHalfSentWhenTheTimeIsOver() throws Exception {
        try (RawClient head = running.client()) {
            head.send("GET / HTTP/1.1\r\nHost: test\r\n\r\nGET / HTTP/1.1\r\nHo");
            assertThat(head.response().status()).isEqualTo(200);
            assertThat(running.server().stop(Duration.ofMillis(200), new CompletableFuture<>()))
                    .isEqualTo(1);
            assertThatThrownBy(head::readToEnd).isInstanceOf(IOException.class).hasMessageContaining("reset");
        }
    }

    @Test
    void waitsForNothingOnceToldTo() throws Exception {
        CompletableFuture<Void> atOnce = new CompletableFuture<>();
        try (RawClient large = running.client();
                RawClient idle = running.client()) {
            large.send(LARGE);
            large.read(new byte[100], 0, 100);
            assertThat(idle.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
                            .response()
                            .status())
                    .isEqualTo(200);
            CompletableFuture<Integer> stopped = stopAside(Duration.ofHours(1), atOnce);
            awaitStopping(idle);
            assertThat(stopped).isNotDone();
            atOnce.complete(null);
            assertThat(stopped.get(20, TimeUnit.SECONDS)).isEqualTo(1);
            assertThatThrownBy(large::readToEnd).isInstanceOf(IOException.class).hasMessageContaining("reset");
        }
    }

    @Test
    void servesOnAsALameDuckAndSendsClientsAway() throws Exception {
        try (RawClient kept = running.client()) {
            String get = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
            assertThat(kept.send(get).response().fields()).doesNotContainKey("connection");
            running.server().lameDuck();
            assertThat(kept.send(get).response().field("connection")).isEqualTo("close");
            assertThat(kept.atEnd()).isTrue();
            try (RawClient next = running.client()) {
                Response response = next.send(get).response();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.field("connection")).isEqualTo("close");
                assertThat(next.atEnd()).isTrue();
            }
        }
    }

    @Test
    void saysNoGoodbyeInTlsWhereAnAnswerIsCut() throws Exception {
        ServerTls tls = ServerTls.of(List.of(TlsClient.certificate(directory, "", "server")));
        try (RunningServer secure = RunningServer.start(engine, HttpServerSettings.DEFAULT.withTls(tls));
                Socket socket = TlsClient.connect(secure.port(), "server.test");
                RawClient client = new RawClient(socket)) {
            client.send("GET /bytes/67108864 HTTP/1.0\r\n\r\n");
            client.read(new byte[100], 0, 100);
            assertThat(secure.server().stop(Duration.ofMillis(200), new CompletableFuture<>()))
                    .isEqualTo(1);
            // After a close_notify this would be an end.
            assertThatThrownBy(client::readToEnd).isInstanceOf(IOException.class);
        }
    }

    @Test
    void lameDuckIsNotTheEnd() throws Exception {
        running.server().lameDuck();
        try (Socket late = new Socket(InetAddress.getLoopbackAddress(), running.port());
                RawClient client = new RawClient(late)) {
            assertThat(client.send("GET /bytes/5 HTTP/1.1\r\nHost: test\r\n\r\n")
                            .response()
                            .text())
                    .isEqualTo("01234");
        }
        assertThat(running.server().stop(Duration.ofSeconds(10))).isTrue();
    }
}
