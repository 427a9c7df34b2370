package io.fastsocket.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.jna.Library;
import com.sun.jna.Native;
import io.fastsocket.examples.http.RawClient.Response;
import io.fastsocket.examples.tls.ServerTls;
import io.fastsocket.examples.tls.TlsClient;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client that asks for files sees, on every engine, with and without TLS; and that none stays open. */
@ParameterizedClass(name = "{0}, tls={1}")
@CsvSource({"IO_URING, false", "EPOLL, false", "NIO, false", "IO_URING, true", "EPOLL, true", "NIO, true"})
@Timeout(60)
final class HttpFileTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final String TEXT = "Hello, World!";

    /** No socket holds it, so that it is still being sent when the client has its head. */
    private static final int LARGE_BYTES = 64 << 20;

    /** Numbered lines: a piece in a wrong place does not go unnoticed. */
    private static final byte[] CONTENT = numberedLines();

    private static final List<Integer> SIZES = List.of(0, 1, 4096, 65_536, 65_537, 1_000_003);

    /** The number of the limit of open files for setrlimit(2), the same on every architecture but MIPS and SPARC. */
    private static final int RLIMIT_NOFILE = 7;

    @TempDir
    private Path parent;

    private final Engine engine;
    private final boolean tls;
    private Path directory;
    private RunningServer running;

    HttpFileTest(Engine engine, boolean tls) {
        this.engine = engine;
        this.tls = tls;
    }

    /** Of the C library. */
    private interface Limits extends Library {
        int getrlimit(int resource, long[] softAndHard);

        int setrlimit(int resource, long[] softAndHard);
    }

    @BeforeEach
    void start() throws Exception {
        directory = Files.createDirectory(parent.resolve("public"));
        for (int size : SIZES) {
            Files.write(directory.resolve("of-" + size), Arrays.copyOf(CONTENT, size));
        }
        running = start(HttpServerSettings.DEFAULT);
    }

    private RunningServer start(HttpServerSettings settings) throws Exception {
        HttpServerSettings served = settings.withFiles(ServedFiles.of(directory));
        if (!tls) {
            return RunningServer.start(engine, served);
        }
        TlsClient.makeCertificate(parent, "server", "server.test");
        return RunningServer.start(
                engine, served.withTls(ServerTls.of(List.of(TlsClient.certificate(parent, "", "server")))));
    }

    @AfterEach
    void stop() throws Exception {
        if (running != null) {
            running.close();
        }
    }

    private RawClient client() throws Exception {
        return client(running);
    }

    private RawClient client(RunningServer server) throws Exception {
        return tls ? new RawClient(TlsClient.connect(server.port(), "server.test")) : server.client();
    }

    private static String get(String name) {
        return "GET /files/" + name + " HTTP/1.1\r\nHost: test\r\n\r\n";
    }

    private static String of(int size) {
        return new String(CONTENT, 0, size, US_ASCII);
    }

    private Path large() throws IOException {
        return Files.write(directory.resolve("large"), CONTENT);
    }

    /** {@code 0000000}, {@code 0000001} and so on. */
    private static byte[] numberedLines() {
        byte[] lines = new byte[LARGE_BYTES];
        for (int i = 0; i < lines.length; i += 8) {
            lines[i + 7] = '\n';
            int number = i / 8;
            for (int place = 6; place >= 0; place--) {
                lines[i + place] = (byte) ('0' + number % 10);
                number /= 10;
            }
        }
        return lines;
    }

    // ---- what is answered

    @Test
    void answersFilesOfAnySizeOnOneConnection() throws Exception {
        try (RawClient client = client()) {
            for (int size : SIZES) {
                Response response = client.send(get("of-" + size)).response();
                assertThat(response.status()).isEqualTo(200);
                assertThat(response.field("content-type")).isEqualTo("application/octet-stream");
                assertThat(response.field("content-length")).isEqualTo(Integer.toString(size));
                assertThat(response.fields()).doesNotContainKey("connection");
                assertThat(response.text().equals(of(size)))
                        .as("body of " + size)
                        .isTrue();
                assertThat(client.send(GET).response().text()).isEqualTo(TEXT);
            }
        }
        awaitNoOpenFile();
    }

    @Test
    void answersHeadWithTheLengthAndNoBody() throws Exception {
        try (RawClient client = client()) {
            for (int size : SIZES) {
                Response head = client.send("HEAD /files/of-" + size + " HTTP/1.1\r\nHost: test\r\n\r\n")
                        .headResponse();
                assertThat(head.field("content-length")).isEqualTo(Integer.toString(size));
                assertThat(client.send(GET).response().text()).isEqualTo(TEXT);
            }
            assertThat(openFiles()).isZero();
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        int times = 100;
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < times; i++) {
            SIZES.forEach(size -> requests.append(get("of-" + size)).append(GET));
        }
        try (RawClient client = client()) {
            CompletableFuture<Void> sent = sendAside(client, requests.toString());
            for (int i = 0; i < times; i++) {
                for (int size : SIZES) {
                    assertThat(client.response().text().equals(of(size))).isTrue();
                    assertThat(client.response().text()).isEqualTo(TEXT);
                }
            }
            sent.get(10, TimeUnit.SECONDS);
        }
        awaitNoOpenFile();
    }

    @Test
    void keepsAndClosesConnectionsAsAsked() throws Exception {
        try (RawClient client = client()) {
            Response kept = client.send("GET /files/of-65537 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                    .response();
            assertThat(kept.field("connection")).isEqualTo("keep-alive");
            Response last = client.send("GET /files/of-65537 HTTP/1.0\r\n\r\n").response();
            assertThat(last.field("connection")).isEqualTo("close");
            assertThat(last.text().equals(of(65_537))).isTrue();
            assertThat(client.atEnd()).isTrue();
        }
        try (RawClient client = client()) {
            Response last = client.send("GET /files/of-1000003 HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
                    .response();
            assertThat(last.text().equals(of(1_000_003))).isTrue();
            assertThat(client.atEnd()).isTrue();
        }
    }

    @Test
    void finishesAFileAndClosesWhenStopped() throws Exception {
        large();
        try (RawClient client = client()) {
            assertThat(client.send(get("large")).headResponse().status()).isEqualTo(200);
            CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> {
                try {
                    return running.server().stop(Duration.ofSeconds(20));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(Arrays.equals(client.readToEnd(), CONTENT)).isTrue();
            assertThat(stopped.get(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    // ---- what is refused

    @Test
    void answersNothingButRegularFilesOfTheDirectory() throws Exception {
        Path secret = Files.writeString(parent.resolve("secret"), "secret");
        Files.writeString(directory.resolve(".hidden"), "secret");
        Files.writeString(Files.createDirectory(directory.resolve("below")).resolve("file"), "secret");
        Files.createSymbolicLink(directory.resolve("link-out"), secret);
        Files.createSymbolicLink(directory.resolve("link-to-parent"), parent);
        Files.createSymbolicLink(directory.resolve("link-to-nothing"), parent.resolve("nothing"));
        try (RawClient client = client()) {
            for (String name : List.of("nothing", "below", "link-out", "link-to-parent", "link-to-nothing")) {
                Response response = client.send(get(name)).response();
                assertThat(response.status()).as(name).isEqualTo(404);
                assertThat(response.text()).isEqualTo("404 there is no regular file of this name that can be read\n");
            }
            for (String name : List.of(
                    "",
                    ".",
                    "..",
                    ".hidden",
                    "../secret",
                    "..%2fsecret",
                    "%2e%2e%2fsecret",
                    "of%2d1",
                    "below/file",
                    "link-to-parent/secret",
                    "..\\secret",
                    "of-1/",
                    "of-1\0",
                    "of-1:x",
                    "/of-1")) {
                Response response = client.send(get(name)).response();
                assertThat(response.status()).as(name).isEqualTo(404);
                assertThat(response.text())
                        .isEqualTo("404 no file is looked up by this name: letters, digits and ._~+=@,- as they are,"
                                + " no dot at the beginning\n");
            }
            assertThat(client.send(get("of-1?query")).response().text()).isEqualTo("0");
        }
    }

    @Test
    void doesNotWaitForAPipe() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor(10, TimeUnit.SECONDS))
                .isTrue();
        assertThat(Files.exists(pipe)).isTrue();
        try (RawClient client = client()) {
            assertThat(client.send(get("pipe")).response().status()).isEqualTo(404);
        }
    }

    @Test
    void takesGetAndHeadAlone() throws Exception {
        try (RawClient client = client()) {
            Response response = client.send("POST /files/of-1 HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx")
                    .response();
            assertThat(response.status()).isEqualTo(405);
            assertThat(response.field("allow")).isEqualTo("GET, HEAD");
        }
    }

    @Test
    void saysHowToServeFilesWhereThereAreNone() throws Exception {
        try (RunningServer without = RunningServer.start(engine, HttpServerSettings.DEFAULT);
                RawClient client = without.client()) {
            Response response = client.send(get("of-1")).response();
            assertThat(response.status()).isEqualTo(404);
            assertThat(response.text()).isEqualTo("404 no files are served; start the server with --files DIR\n");
        }
    }

    @Test
    void refusesADirectoryThatIsNone() {
        Path file = directory.resolve("of-1");
        assertThatThrownBy(() -> ServedFiles.of(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot serve files: directory=" + file
                        + " (expected: a directory): it is none; fix: name another or make it");
    }

    @Test
    void saysThatItCannotOpenAFileForWantOfDescriptors() throws Exception {
        Limits limits = Native.load("c", Limits.class);
        long[] before = new long[2];
        assertThat(limits.getrlimit(RLIMIT_NOFILE, before)).isZero();
        try (RawClient client = client()) {
            // Loads the classes: a class cannot be read from its file below.
            assertThat(client.send(get("nothing")).response().status()).isEqualTo(404);
            assertThat(client.send(get("of-1")).response().text()).isEqualTo("0");
            Response response;
            limits.setrlimit(RLIMIT_NOFILE, new long[] {3, before[1]});
            try {
                response = client.send(get("of-1")).response();
            } finally {
                limits.setrlimit(RLIMIT_NOFILE, before);
            }
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.text()).isEqualTo("503 the file cannot be opened now\n");
            assertThat(client.send(get("of-1")).response().text()).isEqualTo("0");
        }
    }

    // ---- what goes wrong on the way

    @Test
    void resetsTheConnectionWhenTheFileShrinksWhileItIsSent() throws Exception {
        Path large = large();
        try (RawClient client = client()) {
            // Nothing is sent behind it: what is unread makes a reset of any close.
            client.send(get("large"));
            assertThat(client.headResponse().field("content-length")).isEqualTo(Integer.toString(LARGE_BYTES));
            try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
                file.setLength(LARGE_BYTES / 2);
            }
            assertThatThrownBy(client::readToEnd)
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        awaitNoOpenFile();
    }

    @Test
    void leavesNoFileOpenWhenTheClientGoesAway() throws Exception {
        large();
        for (int i = 0; i < 5; i++) {
            try (RawClient client = client()) {
                client.send(get("large") + get("large") + GET);
                assertThat(client.headResponse().status()).isEqualTo(200);
                assertThat(openFiles()).isEqualTo(1);
            }
            awaitNoOpenFile();
        }
    }

    @Test
    void opensTheNextFileWhenTheOneBeforeIsSent() throws Exception {
        large();
        try (RawClient client = client()) {
            client.send(get("of-1") + get("large").repeat(20));
            assertThat(client.response().text()).isEqualTo("0");
            assertThat(client.headResponse().status()).isEqualTo(200);
            assertThat(openFiles()).isEqualTo(1);
        }
        awaitNoOpenFile();
    }

    @Test
    void closesAClientThatTakesNothing() throws Exception {
        large();
        try (RunningServer impatient = start(HttpServerSettings.DEFAULT.withIdleTimeout(Duration.ofMillis(200)));
                RawClient client = client(impatient)) {
            assertThat(client.send(get("large")).headResponse().status()).isEqualTo(200);
            awaitNoOpenFile();
            assertThat(endsEarly(client)).isTrue();
        }
    }

    @Test
    void doesNotCloseAClientThatTakesAFileSlowly() throws Exception {
        large();
        Duration idleTimeout = Duration.ofMillis(800);
        int steps = 100;
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (RunningServer impatient = start(HttpServerSettings.DEFAULT.withIdleTimeout(idleTimeout));
                RawClient client = client(impatient)) {
            assertThat(client.send(get("large")).headResponse().status()).isEqualTo(200);
            byte[] received = new byte[LARGE_BYTES];
            int[] place = new int[1];
            CompletableFuture<Void> done = new CompletableFuture<>();
            clock.scheduleAtFixedRate(
                    () -> {
                        try {
                            int bytes = Math.min(LARGE_BYTES - place[0], LARGE_BYTES / steps + 1);
                            client.read(received, place[0], bytes);
                            place[0] += bytes;
                            if (place[0] == LARGE_BYTES) {
                                done.complete(null);
                            }
                        } catch (IOException | RuntimeException e) {
                            done.completeExceptionally(e);
                        }
                    },
                    0,
                    // Three times the idle timeout in all.
                    3 * idleTimeout.toMillis() / steps,
                    TimeUnit.MILLISECONDS);
            done.get(30, TimeUnit.SECONDS);
            assertThat(Arrays.equals(received, CONTENT)).isTrue();
        } finally {
            clock.shutdownNow();
        }
    }

    private static boolean endsEarly(RawClient client) {
        try {
            return client.readToEnd().length < LARGE_BYTES;
        } catch (IOException reset) {
            return true;
        }
    }

    private static CompletableFuture<Void> sendAside(RawClient client, String requests) {
        return CompletableFuture.runAsync(() -> {
            try {
                client.send(requests);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    // ---- open files

    private void awaitNoOpenFile() {
        await().atMost(Duration.ofSeconds(10)).until(() -> openFiles() == 0);
    }

    /** Files of the served directory that this process has open. */
    private long openFiles() throws IOException {
        Path real = directory.toRealPath();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> leadsBelow(real, descriptor))
                    .count();
        }
    }

    private static boolean leadsBelow(Path directory, Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(directory);
        } catch (IOException e) {
            // Closed meanwhile.
            return false;
        }
    }
}
