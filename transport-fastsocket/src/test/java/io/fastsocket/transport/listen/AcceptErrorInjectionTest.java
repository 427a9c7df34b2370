package io.fastsocket.transport.listen;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.transport.TestEngines;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Errors that the kernel gives rarely, put into the accept calls of a server's loops by strace(1), which must be installed
 * and may trace a process of the same user ({@code kernel.yama.ptrace_scope=0}, or root).
 */
@Tag("tools")
@Timeout(60)
class AcceptErrorInjectionTest {
    private static final int CONNECTIONS = 40;
    private static final int OPEN_FILES_MAX = 1024;
    private static final int RETRIES_MAX = 64;
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    /** Three errors make stock Netty rest three seconds. */
    private static final Duration WITHOUT_REST_MAX = Duration.ofSeconds(1);

    private static final Map<String, String> REMEDIES = Map.of(
            "EMFILE", "ulimit -n",
            "ENFILE", "sysctl fs.file-max",
            "ENOBUFS", "sysctl net.ipv4.tcp_mem",
            "ENOMEM", "sysctl net.ipv4.tcp_mem");

    static Stream<Arguments> passingErrors() {
        return onAllEngines("ECONNABORTED", "EPROTO", "EPERM", "EINTR", "ENETDOWN", "EHOSTUNREACH");
    }

    static Stream<Arguments> limits() {
        return onAllEngines("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM");
    }

    private static Stream<Arguments> onAllEngines(String... errors) {
        return TestEngines.all().flatMap(engine -> Stream.of(errors).map(error -> Arguments.of(engine, error)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("passingErrors")
    void errorsThatPassAreTriedAgainAtOnce(Engine engine, String error, @TempDir Path directory) throws Exception {
        try (ServerProcess server = ServerProcess.start(engine, 1, true, OPEN_FILES_MAX, directory);
                Strace strace = Strace.failAccept(server.loopThreads().get(0), error, "1..3", directory)) {
            long begin = System.nanoTime();
            try (Visitors visitors = new Visitors(server.port(), CONNECTIONS)) {
                await("all are served")
                        .atMost(DEADLINE)
                        .pollDelay(Duration.ZERO)
                        .until(() -> visitors.served() == CONNECTIONS);
            }
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);

            assertThat(strace.errorsInjected()).isEqualTo(3);
            assertThat(taken).isLessThan(WITHOUT_REST_MAX);
            assertThat(server.counts()).extracting(ServerProcess.Counts::pauses).containsExactly(0);
            assertThat(warnings(server)).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("limits")
    void aLimitMakesTheListenerRestAndSaysWhatToRaise(Engine engine, String error, @TempDir Path directory)
            throws Exception {
        try (ServerProcess server = ServerProcess.start(engine, 1, true, OPEN_FILES_MAX, directory);
                Strace strace = Strace.failAccept(server.loopThreads().get(0), error, "1..3", directory);
                Visitors visitors = new Visitors(server.port(), CONNECTIONS)) {
            await("all are served").atMost(DEADLINE).until(() -> visitors.served() == CONNECTIONS);

            assertThat(strace.errorsInjected()).isEqualTo(3);
            assertThat(server.counts()).singleElement().satisfies(counts -> {
                assertThat(counts.errors()).isEqualTo(3);
                assertThat(counts.pauses()).isBetween(1, 3);
                assertThat(counts).isEqualTo(onlyPausesBy(error, counts.pauses()));
            });
            assertThat(warnings(server)).singleElement().asString().contains(REMEDIES.get(error));
        }
    }

    private static ServerProcess.Counts onlyPausesBy(String error, int pauses) {
        return switch (error) {
            case "EMFILE" -> new ServerProcess.Counts(3, pauses, 0, 0, 0);
            case "ENFILE" -> new ServerProcess.Counts(3, 0, pauses, 0, 0);
            default -> new ServerProcess.Counts(3, 0, 0, pauses, 0);
        };
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void anErrorThatDoesNotPassIsTakenForALimit(Engine engine, @TempDir Path directory) throws Exception {
        try (ServerProcess server = ServerProcess.start(engine, 1, true, OPEN_FILES_MAX, directory);
                Visitors visitors = failedVisitors(server, "ENETDOWN", directory)) {
            await("all are served").atMost(DEADLINE).until(() -> visitors.served() == CONNECTIONS);

            assertThat(server.counts()).singleElement().satisfies(counts -> {
                assertThat(counts.pauses()).isPositive();
                assertThat(counts.errors()).isEqualTo(RETRIES_MAX + counts.pauses());
                assertThat(counts.other()).isEqualTo(counts.pauses());
            });
            assertThat(warnings(server)).hasSize(1);
        }
    }

    /** Visitors of a server whose accept fails until the listener has rested three times. */
    private static Visitors failedVisitors(ServerProcess server, String error, Path directory) throws Exception {
        try (Strace strace = Strace.failAccept(server.loopThreads().get(0), error, "1+", directory)) {
            Visitors visitors = new Visitors(server.port(), CONNECTIONS);
            await("three pauses")
                    .atMost(DEADLINE)
                    .until(() -> server.counts().get(0).pauses() >= 3);
            assertThat(visitors.served()).isZero();
            return visitors;
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void otherLoopsGoOnWhileOneListenerRests(Engine engine, @TempDir Path directory) throws Exception {
        try (ServerProcess server = ServerProcess.start(engine, 2, true, OPEN_FILES_MAX, directory)) {
            try (Strace strace = Strace.failAccept(server.loopThreads().get(0), "ENFILE", "1+", directory);
                    Visitors visitors = new Visitors(server.port(), CONNECTIONS)) {
                await("the first listener rests again")
                        .atMost(DEADLINE)
                        .until(() -> server.counts().get(0).pauses() >= 3);
                assertThat(server.counts().get(1)).isEqualTo(new ServerProcess.Counts(0, 0, 0, 0, 0));
                // The kernel's hash gives each of them a share.
                assertThat(visitors.served()).isBetween(1L, CONNECTIONS - 1L);

                strace.close();
                await("all are served").atMost(DEADLINE).until(() -> visitors.served() == CONNECTIONS);
            }
        }
    }

    private static List<String> warnings(ServerProcess server) throws IOException {
        return server.messages().stream()
                .filter(line -> line.startsWith("WARN"))
                .toList();
    }

    /** strace(1), attached to one thread, which goes on as if nothing had been when this is closed. */
    private static final class Strace implements AutoCloseable {
        private final Process process;
        private final Path trace;

        private Strace(Process process, Path trace) {
            this.process = process;
            this.trace = trace;
        }

        /** @param when which calls fail, counted from 1, as strace's {@code when=} */
        static Strace failAccept(int thread, String error, String when, Path directory) throws IOException {
            Path trace = directory.resolve("trace");
            Process process = new ProcessBuilder(
                            "strace",
                            "-p",
                            Integer.toString(thread),
                            "-o",
                            trace.toString(),
                            "-e",
                            "trace=accept,accept4",
                            "-e",
                            "inject=accept,accept4:error=" + error + ":when=" + when)
                    .start();
            String attached = process.errorReader(UTF_8).readLine();
            if (attached == null || !attached.contains("attached")) {
                process.destroyForcibly();
                throw new IllegalStateException("strace did not attach to thread " + thread + ": " + attached
                        + "; fix: run as root, or set sysctl kernel.yama.ptrace_scope=0");
            }
            return new Strace(process, trace);
        }

        /** Detaches, and counts what it did. */
        long errorsInjected() throws Exception {
            close();
            try (Stream<String> calls = Files.lines(trace)) {
                return calls.filter(call -> call.contains("(INJECTED)")).count();
            }
        }

        @Override
        public void close() throws Exception {
            process.destroy();
            assertThat(process.waitFor(10, TimeUnit.SECONDS))
                    .describedAs("strace detaches")
                    .isTrue();
        }
    }
}
