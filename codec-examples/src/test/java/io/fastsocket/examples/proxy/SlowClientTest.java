package io.fastsocket.examples.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.examples.connections.ConnectionGate.Limit;
import io.fastsocket.examples.connections.ConnectionLimits;
import io.fastsocket.examples.proxy.ProxySettings.Limits;
import io.fastsocket.examples.proxy.ProxySettings.Timeouts;
import io.fastsocket.examples.tls.ServerTls;
import io.fastsocket.examples.tls.TlsClient;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that are slow or many, and what they see when the proxy stops, on every engine. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // text blocks end lines with LF alone, HTTP does not
final class SlowClientTest {
    private static final Duration HEADER_TIMEOUT = Duration.ofMillis(700);

    @TempDir
    private static Path directory;

    private final Engine engine;
    private ScriptedUpstream upstream;

    SlowClientTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeEach
    void start() throws Exception {
        upstream = new ScriptedUpstream();
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
    }

    private ProxySettings settings(ConnectionLimits connections) {
        return ProxySettings.to(List.of(upstream.upstream())).with(new Limits(8192, 8192, HEADER_TIMEOUT, connections));
    }

    /** Sends a part ten times a second until the proxy says something or closes, and answers what it has said. */
    private static String drip(int port, String first, String part) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(100);
            socket.getOutputStream().write(first.getBytes(US_ASCII));
            byte[] answer = new byte[4096];
            long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (System.nanoTime() < until) {
                socket.getOutputStream().write(part.getBytes(US_ASCII));
                try {
                    int read = socket.getInputStream().read(answer);
                    return read < 0 ? "closed" : new String(answer, 0, read, US_ASCII);
                } catch (SocketTimeoutException nothingYet) {
                    // The next part is due.
                }
            }
            return "still served after 30 s";
        } catch (SocketException reset) {
            // A part that met the close.
            return "closed";
        }
    }

    @Test
    void answers408ToAHeadThatDrips() throws Exception {
        try (RunningProxy running = RunningProxy.start(engine, settings(ConnectionLimits.NONE))) {
            assertThat(drip(running.port(), "GET / HTTP/1.1\r\nHost: test\r\n", "x: y\r\n"))
                    .startsWith("HTTP/1.1 408 ")
                    .contains("connection: close");
        }
    }

    @Test
    void answers408ToAHeadThatStopsBehindOthers() throws Exception {
        String get = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
        try (RunningProxy running = RunningProxy.start(engine, settings(ConnectionLimits.NONE));
                Wire client = running.client()) {
            client.send(get + get + get.substring(0, 20));
            Wire server = upstream.accept();
            for (int i = 0; i < 2; i++) {
                server.head();
                server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                assertThat(client.response(200)).isEqualTo("ok");
            }
            assertThat(client.response(408)).contains("in time");
        }
    }

    @Test
    void says408InFullBehindAnAnswerToHead() throws Exception {
        try (RunningProxy running = RunningProxy.start(engine, settings(ConnectionLimits.NONE));
                Wire client = running.client()) {
            client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.head().status()).isEqualTo(200);
            client.send("GET / HTTP/1.1\r\nHo");
            assertThat(client.response(408)).contains("in time");
        }
    }

    @Test
    void closesAProxyHeaderThatDrips() throws Exception {
        ProxySettings settings = settings(ConnectionLimits.NONE).withProxyProtocol(true, false);
        try (RunningProxy running = RunningProxy.start(engine, settings)) {
            assertThat(drip(running.port(), "PROXY TCP4 ", "1")).isEqualTo("closed");
        }
    }

    @Test
    void countsTheAddressThatAProxyHeaderNames() throws Exception {
        ProxySettings settings = settings(new ConnectionLimits(0, 2)).withProxyProtocol(true, false);
        List<Wire> clients = new ArrayList<>();
        try (RunningProxy running = RunningProxy.start(engine, settings)) {
            for (String address : new String[] {"192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.2"}) {
                Wire client = running.client();
                clients.add(client);
                assertServed(client, address);
            }
            try (Wire third = running.client()) {
                assertThatThrownBy(() -> assertServed(third, "192.0.2.1")).isInstanceOf(IOException.class);
            }
            assertThat(running.proxy().gate().refused(Limit.ADDRESS)).isEqualTo(1);
            assertThat(running.proxy().gate().entries()).isEqualTo(2);
            for (Wire client : clients) {
                client.close();
            }
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> running.proxy().gate().entries() == 0);
        }
    }

    /** Answered by the proxy itself. */
    private static void assertServed(Wire client, String address) throws IOException {
        client.send("PROXY TCP4 " + address + " 198.51.100.1 1234 80\r\nTRACE / HTTP/1.1\r\nHost: test\r\n\r\n");
        assertThat(client.head().startLine()).contains("405");
    }

    @Test
    void resetsTheConnectionAboveTheLimit() throws Exception {
        try (RunningProxy running = RunningProxy.start(engine, settings(new ConnectionLimits(1, 0)));
                Wire first = running.client()) {
            first.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            assertThat(first.response(200)).isEqualTo("ok");
            try (Wire second = running.client()) {
                assertThatThrownBy(() -> {
                            second.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
                            second.head();
                        })
                        .isInstanceOf(IOException.class);
            }
            assertThat(running.proxy().gate().refused(Limit.TOTAL)).isEqualTo(1);
        }
    }

    /** As many as the sockets and one buffer of the proxy hold, and no further. */
    @Test
    void asksForNoMoreAnswersThanAClientTakesAndResetsIt() throws Exception {
        int answers = 10_000;
        ProxySettings settings = settings(new ConnectionLimits(0, 10))
                .with(new Timeouts(Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofHours(1)));
        try (RunningProxy running = RunningProxy.start(engine, settings);
                Wire client = Wire.withSmallBufferTo(running.port())) {
            client.sendAside(
                    "GET / HTTP/1.1\r\nHost: test\r\n\r\n".repeat(answers).getBytes(US_ASCII));
            Wire server = upstream.accept();
            AtomicInteger asked = new AtomicInteger();
            CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> answerUntilEnd(server, asked));

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> running.proxy().gate().entries() == 0);

            assertThat(asked).hasPositiveValue().hasValueLessThan(answers / 2);
            assertThatThrownBy(client::untilEnd).isInstanceOf(IOException.class).hasMessageContaining("reset");
            assertThat(answering).isNotCancelled();
        }
    }

    private static void answerUntilEnd(Wire server, AtomicInteger asked) {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 8000\r\n\r\n" + "x".repeat(8000);
        try {
            while (true) {
                server.head();
                asked.incrementAndGet();
                server.send(answer);
            }
        } catch (IOException end) {
            // The proxy keeps the connection, and closes it when it stops.
        }
    }

    // ---- stop

    @Test
    void servesARequestThatIsHalfSentAtTheStop() throws Exception {
        try (RunningProxy running = RunningProxy.start(engine, ProxySettings.to(List.of(upstream.upstream())));
                Wire half = running.client();
                Wire idle = running.client()) {
            half.send("TRACE / HTTP/1.1\r\nHost: test\r\n\r\n");
            idle.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            assertThat(idle.response(200)).isEqualTo("ok");
            try (Wire late = running.client()) {
                late.send("GET / HTTP/1.1\r\nHost: te");
                // One loop: the answer to this was written after that was read.
                idle.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
                server.head();
                server.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                assertThat(idle.response(200)).isEqualTo("ok");
                CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> stop(running, 30_000));
                assertThat(idle.atEnd()).isTrue();
                late.send("st\r\n\r\n");
                // The pool's connection may have been used again or not.
                server.head();
                server.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
                assertThat(late.response(200)).isEqualTo("late");
                assertThat(late.atEnd()).isTrue();
                assertThat(stopped.get(20, java.util.concurrent.TimeUnit.SECONDS))
                        .isTrue();
            }
        }
    }

    private static boolean stop(RunningProxy running, int millis) {
        try {
            return running.proxy().stop(Duration.ofMillis(millis));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void resetsAnAnswerThatOnlyTheEndOfTheConnectionWouldEnd() throws Exception {
        try (RunningProxy running = RunningProxy.start(engine, ProxySettings.to(List.of(upstream.upstream())));
                Wire client = running.client()) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.0 200 OK\r\n\r\nhalf of");
            client.head();
            assertThat(client.text(7)).isEqualTo("half of");
            assertThat(stop(running, 200)).isFalse();
            assertThatThrownBy(client::untilEnd).isInstanceOf(IOException.class).hasMessageContaining("reset");
        }
    }

    @Test
    void resetsATunnelThatGoesOn() throws Exception {
        try (RunningProxy running = RunningProxy.start(engine, ProxySettings.to(List.of(upstream.upstream())));
                Wire client = running.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n");
            client.head();
            server.send("x");
            assertThat(client.text(1)).isEqualTo("x");
            assertThat(stop(running, 200)).isFalse();
            assertThatThrownBy(client::untilEnd).isInstanceOf(IOException.class).hasMessageContaining("reset");
        }
    }

    @Test
    void saysNoGoodbyeInTlsWhereAnAnswerIsCut() throws Exception {
        TlsClient.makeCertificate(directory, "server", "server.test");
        ServerTls tls = ServerTls.of(List.of(TlsClient.certificate(directory, "", "server")));
        try (RunningProxy running = RunningProxy.start(
                        engine, ProxySettings.to(List.of(upstream.upstream())), parts -> parts.with(tls));
                Wire client = new Wire(TlsClient.connect(running.port(), "server.test"))) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            Wire server = upstream.accept();
            server.head();
            server.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of");
            client.head();
            assertThat(client.text(7)).isEqualTo("half of");
            server.reset();
            // After a close_notify this would be an end.
            assertThatThrownBy(client::untilEnd).isInstanceOf(IOException.class);
        }
    }
}
