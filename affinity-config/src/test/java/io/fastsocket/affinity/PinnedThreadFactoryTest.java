package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.condition.OS.LINUX;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.openhft.affinity.Affinity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.slf4j.LoggerFactory;

@EnabledOnOs(value = LINUX, disabledReason = "threads are pinned by sched_setaffinity(2)")
class PinnedThreadFactoryTest {
    /** A CPU that no test machine has, and that fits into the 1024 bits of OpenHFT's mask. */
    private static final int ABSENT_CPU = 1023;

    private static final long DEADLINE_SECONDS = 60;

    private final CpuSet allowed = CpuTopology.read().allowed();
    private final CompletableFuture<PinResult> result = new CompletableFuture<>();

    @Test
    void pinsAThreadToEachAllowedCpuBeforeItsTaskRuns() throws Exception {
        for (int cpu : allowed) {
            CompletableFuture<PinResult> pinned = new CompletableFuture<>();

            CpuSet mask = call(new PinnedThreadFactory("loop", true, cpu, allowed, pinned::complete), this::mask);

            assertThat(mask).isEqualTo(CpuSet.of(cpu));
            assertThat(pinned).isCompletedWithValue(new PinResult(cpu, CpuSet.of(cpu), Optional.empty()));
            assertThat(pinned.get().pinned()).isTrue();
        }
    }

    @Test
    void letsAnUnpinnedThreadSeeAllAllowedCpusThoughAPinnedOneStartsIt() throws Exception {
        CpuSet mask = callPinned(() -> call(unpinned(), this::mask));

        assertThat(mask).isEqualTo(allowed);
        assertThat(result).isCompletedWithValue(new PinResult(-1, allowed, Optional.empty()));
        assertThat(result.get().pinned()).isFalse();
    }

    @Test
    void leavesTheInheritedMaskWhereNothingIsSaidToBeAllowed() throws Exception {
        ThreadFactory factory = new PinnedThreadFactory("loop", true, -1, CpuSet.empty(), result::complete);

        assertThat(callPinned(() -> call(factory, this::mask))).isEqualTo(CpuSet.of(allowed.first()));
    }

    @Test
    void runsTheTaskOnAllAllowedCpusWhereTheCpuIsNotThere() throws Exception {
        ThreadFactory factory = new PinnedThreadFactory("loop", true, ABSENT_CPU, allowed, result::complete);

        CpuSet mask = callPinned(() -> call(factory, this::mask));

        assertThat(mask).isEqualTo(allowed);
        assertThat(result.get().pinned()).isFalse();
        assertThat(result.get().mask()).isEqualTo(allowed);
        assertThat(result.get().failure())
                .hasValueSatisfying(failure -> assertThat(failure).hasMessageContaining("errno=22"));
    }

    @Test
    void runsTheTaskWhereTheCpuIsTooHighForOpenHft() throws Exception {
        ThreadFactory factory = new PinnedThreadFactory("loop", true, 8191, allowed, result::complete);

        assertThat(call(factory, this::mask)).isEqualTo(allowed);
        assertThat(result.get().failure()).containsInstanceOf(ArrayIndexOutOfBoundsException.class);
    }

    @Test
    void runsTheTaskAndLogsOneWarningWhereTheReportThrows() throws Exception {
        ThreadFactory factory = new PinnedThreadFactory("loop", true, allowed.first(), allowed, result -> {
            throw new IllegalStateException("thrown by the report");
        });
        Logger logger = (Logger) LoggerFactory.getLogger(PinnedThreadFactory.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
        try {
            assertThat(call(factory, this::mask)).isEqualTo(CpuSet.of(allowed.first()));
        } finally {
            logger.setAdditive(true);
            logger.detachAppender(log);
        }

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("cannot report the placement of thread loop: result=PinResult[cpu=" + allowed.first()
                        + ", mask=" + allowed.first() + ", failure=Optional.empty]"
                        + " (expected a report that returns): java.lang.IllegalStateException: thrown by the report;"
                        + " fix: catch what the report throws");
    }

    @Test
    void runsTheTaskWhereOpenHftIsNotOnTheClassPath() throws Exception {
        Object report = runIsolated(PinnedThreadFactory.class, InternalLoggerFactory.class);

        assertThat(failure(report)).containsInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    void tellsThatNothingWasPinnedWhereJnaIsNotOnTheClassPath() throws Exception {
        Object report = runIsolated(
                PinnedThreadFactory.class, InternalLoggerFactory.class, Affinity.class, org.slf4j.Logger.class);

        assertThat(failure(report)).hasValueSatisfying(failure -> assertThat(failure)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cannot pin thread loop: mask=\"\" (expected \"0\"): OpenHFT affinity took the request"
                        + " without effect, as it does where JNA does not load; fix: put JNA for this platform on"
                        + " the class path, or use placement none()"));
    }

    @Test
    void makesNettyThreadsOfTheNameAndKindAskedFor() {
        for (boolean daemon : new boolean[] {true, false}) {
            Thread thread =
                    new PinnedThreadFactory("loop-3", daemon, -1, allowed, result::complete).newThread(() -> {});

            assertThat(thread).isInstanceOf(FastThreadLocalThread.class);
            assertThat(((FastThreadLocalThread) thread).willCleanupFastThreadLocals())
                    .isTrue();
            assertThat(thread.getName()).isEqualTo("loop-3");
            assertThat(thread.isDaemon()).isEqualTo(daemon);
        }
    }

    @Test
    void refusesNumbersThatNoCpuHas() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PinnedThreadFactory("loop", true, -2, allowed, result::complete))
                .withMessageContaining("cpu=-2");
    }

    @Test
    void findsTheSameAllowedCpusOnAPinnedThread() throws Exception {
        assertThat(callPinned(() -> CpuTopology.read().allowed())).isEqualTo(allowed);
    }

    @Test
    void findsFewerAllowedCpusInAProcessThatWasStartedWithFewer() throws Exception {
        // A process inherits the mask of the thread that starts it: what taskset does.
        String printed = callPinned(() -> {
            Process child = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            location(CpuTopology.class) + ":" + location(PrintAllowedCpus.class),
                            PrintAllowedCpus.class.getName())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(child.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            return new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        });

        assertThat(printed).isEqualTo(CpuSet.of(allowed.first()).toString());
    }

    private ThreadFactory unpinned() {
        return new PinnedThreadFactory("unpinned loop", true, -1, allowed, result::complete);
    }

    private CpuSet mask() {
        return CpuSet.copyOf(Affinity.getAffinity());
    }

    /** Calls on a thread that is pinned to the first allowed CPU. */
    private <T> T callPinned(Callable<T> task) throws Exception {
        return call(new PinnedThreadFactory("pinned loop", true, allowed.first(), allowed, pinned -> {}), task);
    }

    private static <T> T call(ThreadFactory factory, Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        Thread thread = factory.newThread(future);
        thread.start();
        T value = future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
        assertThat(thread.isAlive()).isFalse();
        return value;
    }

    /**
     * Runs a thread pinned to CPU 0 by classes that see nothing but the jars of these ones.
     *
     * @return the {@code PinResult}, which is of another class loader, once the task has run
     */
    private static Object runIsolated(Class<?>... jarsOf) throws Exception {
        URL[] jars = Stream.of(jarsOf)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                .toArray(URL[]::new);
        // No provider is among the jars: without this SLF4J says so on stderr.
        String verbosity = System.setProperty("slf4j.internal.verbosity", "ERROR");
        try (URLClassLoader loader = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader())) {
            Class<?> cpuSet = loader.loadClass(CpuSet.class.getName());
            CompletableFuture<Object> report = new CompletableFuture<>();
            Consumer<Object> consumer = report::complete;
            ThreadFactory factory = (ThreadFactory) loader.loadClass(PinnedThreadFactory.class.getName())
                    .getConstructor(String.class, boolean.class, int.class, cpuSet, Consumer.class)
                    .newInstance("loop", true, 0, cpuSet.getMethod("empty").invoke(null), consumer);
            return call(factory, () -> report.get(DEADLINE_SECONDS, TimeUnit.SECONDS));
        } finally {
            if (verbosity == null) {
                System.clearProperty("slf4j.internal.verbosity");
            } else {
                System.setProperty("slf4j.internal.verbosity", verbosity);
            }
        }
    }

    private static Optional<Throwable> failure(Object report) throws Exception {
        return ((Optional<?>) report.getClass().getMethod("failure").invoke(report)).map(Throwable.class::cast);
    }

    private static String location(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
