package io.fastsocket.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.examples.tls.ServerTls;
import io.fastsocket.examples.tls.TlsClient;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that send a request a little at a time, faster than any idle timeout, on every engine. */
@Timeout(90)
final class SlowRequestTest {
    private static final Duration HEADER_TIMEOUT = Duration.ofMillis(700);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(2);
    private static final long GIVE_UP_NANOS = Duration.ofSeconds(30).toNanos();
    private static final int BETWEEN_MILLIS = 100;

    @TempDir
    private Path directory;

    private static HttpServerSettings settings() {
        return HttpServerSettings.DEFAULT.withHeaderTimeout(HEADER_TIMEOUT).withIdleTimeout(IDLE_TIMEOUT);
    }

    /** Sends part after part until the server says something or closes, and answers what it has said. */
    private static String drip(int port, String first, IntFunction<String> part) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(BETWEEN_MILLIS);
            socket.getOutputStream().write(first.getBytes(US_ASCII));
            byte[] answer = new byte[4096];
            long until = System.nanoTime() + GIVE_UP_NANOS;
            for (int i = 0; System.nanoTime() < until; i++) {
                socket.getOutputStream().write(part.apply(i).getBytes(US_ASCII));
                try {
                    // Waits for the time between two parts.
                    int read = socket.getInputStream().read(answer);
                    return read < 0 ? "closed" : new String(answer, 0, read, US_ASCII);
                } catch (SocketTimeoutException nothingYet) {
                    // The next part is due.
                }
            }
            return "still served after 30 s";
        }
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void answers408ToAHeadThatDrips(Engine engine) throws Exception {
        try (RunningServer running = RunningServer.start(engine, settings())) {
            String lines = drip(running.port(), "GET / HTTP/1.1\r\nHost: test\r\n", i -> "x-" + i + ": y\r\n");
            assertThat(lines).startsWith("HTTP/1.1 408 ").contains("connection: close");
            assertThat(drip(running.port(), "GET / HTTP/1.1\r\nHost: test\r\nx: ", i -> "y"))
                    .startsWith("HTTP/1.1 408 ");
            assertThat(drip(running.port(), "", i -> "\r\n")).startsWith("HTTP/1.1 408 ");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void answers408ToALaterHeadThatDrips(Engine engine) throws Exception {
        try (RunningServer running = RunningServer.start(engine, settings());
                RawClient client = running.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\nGET / HT");
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(client.response().status()).isEqualTo(408);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void answers408ToAHeadThatDripsBehindARequestThatHadToWait(Engine engine) throws Exception {
        try (RunningServer running = RunningServer.start(engine, settings());
                RawClient client = running.client()) {
            String get = "GET %s HTTP/1.1\r\nHost: test\r\n\r\n";
            client.send(get.formatted("/bytes/20000000") + get.formatted("/hello") + "GET / HTTP/1.1\r\nX: ");
            assertThat(client.response().text()).hasSize(20_000_000);
            assertThat(client.response().status()).isEqualTo(200);
            assertThat(client.response().status()).isEqualTo(408);
            assertThat(client.atEnd()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void answers408ToABodyThatDrips(Engine engine) throws Exception {
        try (RunningServer running = RunningServer.start(engine, settings())) {
            String post = "POST /echo HTTP/1.1\r\nHost: test\r\n";
            assertThat(drip(running.port(), post + "Content-Length: 1000000\r\n\r\n", i -> "y"))
                    .startsWith("HTTP/1.1 408 ");
            String chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
            assertThat(drip(running.port(), chunked, i -> "1\r\ny\r\n")).startsWith("HTTP/1.1 408 ");
            assertThat(drip(running.port(), chunked + "0\r\n", i -> "x-" + i + ": y\r\n"))
                    .startsWith("HTTP/1.1 408 ");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
    void doesNotHoldTheTimeOfAnAnswerAgainstTheHeadBehindIt(Engine engine) throws Exception {
        try (RunningServer running = RunningServer.start(engine, settings());
                RawClient client = running.client()) {
            int bytes = 20_000_000;
            client.send("GET /bytes/" + bytes + " HTTP/1.1\r\nHost: test\r\n\r\nGET / HTTP/1.1\r\nHo");
            long until = System.nanoTime() + 2 * HEADER_TIMEOUT.toNanos();
            byte[] some = new byte[1_000];
            int read = 0;
            while (System.nanoTime() < until) {
                // As little as keeps the answer on its way: the buffers of both sockets hold less than is left.
                if (read < bytes / 4) {
                    client.read(some, 0, some.length);
                    read += some.length;
                }
            }
            client.send("st: test\r\nConnection: close\r\n\r\n");
            assertThat(new String(client.readToEnd(), US_ASCII))
                    .contains("Hello, World!")
                    .doesNotContain(" 408 ");
        }
    }

    @Test
    void closesATlsHandshakeThatDrips() throws Exception {
        TlsClient.makeCertificate(directory, "server", "server.test");
        ServerTls tls = ServerTls.of(List.of(TlsClient.certificate(directory, "", "server")));
        try (RunningServer running = RunningServer.start(
                Engine.EPOLL, settings().withIdleTimeout(Duration.ZERO).withTls(tls))) {
            // A record of 16 KiB that begins as a ClientHello does.
            String began = new String(new byte[] {22, 3, 1, 0x40, 0, 1, 0, 0x3f, 0x70}, US_ASCII);
            assertThat(drip(running.port(), began, i -> "y")).isEqualTo("closed");
        }
    }
}
