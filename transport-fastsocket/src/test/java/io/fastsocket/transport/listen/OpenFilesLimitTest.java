package io.fastsocket.transport.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.transport.ListeningSockets;
import io.fastsocket.transport.TestEngines;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server with more connections than it may open files: accept(2) really fails with EMFILE. */
@Timeout(90)
class OpenFilesLimitTest {
    private static final int LOOPS = 2;
    private static final int OPEN_FILES_MAX = 128;
    private static final int CONNECTIONS = 160;
    private static final int LEAVING = 20;
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    // The figures the project promises.
    private static final double CPU_SHARE_MAX = 0.05;
    private static final Duration RECOVERY_MAX = Duration.ofMillis(1_100);
    private static final Duration CPU_STRETCH = Duration.ofSeconds(2);

    static Stream<Arguments> servers() {
        return TestEngines.all().flatMap(engine -> Stream.of(Arguments.of(engine, true), Arguments.of(engine, false)));
    }

    @ParameterizedTest(name = "{0} autoRead={1}")
    @MethodSource("servers")
    void aStarvedServerRestsAndRecovers(Engine engine, boolean autoRead, @TempDir Path directory) throws Exception {
        try (ServerProcess server = ServerProcess.start(engine, LOOPS, autoRead, OPEN_FILES_MAX, directory);
                Visitors first = new Visitors(server.port(), 1)) {
            // Loads the classes a connection needs, from files: in a test they are not in a jar that is already open.
            await("the first connection").atMost(DEADLINE).until(() -> first.served() == 1);
            long files = server.openFiles();
            first.leave(1);
            await("the first connection's end").atMost(DEADLINE).until(() -> server.openFiles() < files);
            starve(server);
        }
    }

    private static void starve(ServerProcess server) throws Exception {
        try (Visitors visitors = new Visitors(server.port(), CONNECTIONS)) {
            await("starvation").atMost(DEADLINE).until(() -> server.openFiles() == OPEN_FILES_MAX);
            await("warning").atMost(DEADLINE).until(() -> warnings(server) > 0);

            // What the start of a process leaves to compile may fill the first stretch; a spin fills all of them.
            await("CPU share while starved")
                    .pollDelay(Duration.ZERO)
                    .atMost(DEADLINE)
                    .untilAsserted(() -> assertThat(cpuShareOfAStretch(server)).isLessThan(CPU_SHARE_MAX));
            assertThat(server.isAlive()).isTrue();
            assertThat(ListeningSockets.countOn(server.port())).isEqualTo(LOOPS);
            assertThat(server.openFiles()).isEqualTo(OPEN_FILES_MAX);
            long served = visitors.served();
            assertThat(served).isBetween((long) LEAVING, (long) CONNECTIONS - LEAVING);

            visitors.leave(LEAVING);
            long room = System.nanoTime();
            await("waiting connections")
                    .atMost(DEADLINE)
                    .pollDelay(Duration.ZERO)
                    .until(() -> {
                        // Those that left were counted too.
                        return visitors.served() >= served;
                    });
            assertThat(Duration.ofNanos(System.nanoTime() - room)).isLessThan(RECOVERY_MAX);
            assertThat(warnings(server)).isEqualTo(1);
            assertThat(server.counts()).hasSize(LOOPS).allSatisfy(counts -> {
                assertThat(counts.processFiles()).isEqualTo(counts.pauses());
                assertThat(counts.errors()).isGreaterThanOrEqualTo(counts.pauses());
            });
            assertThat(server.counts().stream().mapToInt(ServerProcess.Counts::processFiles))
                    .anyMatch(pauses -> pauses > 0);

            visitors.close();
            try (Visitors late = new Visitors(server.port(), 1)) {
                await("a later connection").atMost(DEADLINE).until(() -> late.served() == 1);
            }
        }
    }

    private static double cpuShareOfAStretch(ServerProcess server) throws IOException {
        double before = server.cpuSeconds();
        long begin = System.nanoTime();
        await().atMost(DEADLINE).until(() -> System.nanoTime() - begin >= CPU_STRETCH.toNanos());
        return (server.cpuSeconds() - before) / ((System.nanoTime() - begin) / 1e9);
    }

    private static long warnings(ServerProcess server) throws IOException {
        return server.messages().stream()
                .filter(line -> line.startsWith("WARN") && line.contains("ulimit -n"))
                .count();
    }
}
