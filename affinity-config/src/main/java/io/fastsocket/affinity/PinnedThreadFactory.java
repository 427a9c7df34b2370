package io.fastsocket.affinity;

import static java.util.Objects.requireNonNull;

import io.netty.util.concurrent.FastThreadLocalThread;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import net.openhft.affinity.Affinity;

/**
 * Makes the thread of one event loop: a {@link FastThreadLocalThread} that first places itself (on one CPU, or on all
 * allowed ones), reads back where it may run, reports that, and then runs its task whatever the result was.
 *
 * <p>An unpinned thread sets its mask as well: a thread inherits the mask of the one that starts it, so a loop started
 * from a pinned loop would silently share that loop's CPU.
 *
 * <p>The mask is set by sched_setaffinity(2), through OpenHFT affinity and JNA. Where these are missing or do not know
 * the system, the thread runs unpinned and the report says so. From JDK 24 on, JNA's native library makes the JVM print a
 * warning about restricted native access; {@code --enable-native-access=ALL-UNNAMED} (JEP 472) allows it.
 *
 * <p>The factory may be used by any thread. The report is given on the new thread, before the task runs.
 */
public final class PinnedThreadFactory implements ThreadFactory {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(PinnedThreadFactory.class);

    private final String threadName;
    private final boolean daemon;
    private final int cpu;
    private final CpuSet wanted;
    private final CpuSet allowed;
    private final Consumer<PinResult> report;

    /**
     * @param threadName the name of every thread made; a loop has one
     * @param daemon whether the JVM may end while the thread runs
     * @param cpu the CPU to pin to, or {@link LoopPlacement#UNPINNED}
     * @param allowed the CPUs of a thread that is unpinned or cannot be pinned, {@link CpuTopology#allowed()}; empty: leave
     *     it the mask it inherits
     * @param report told once per thread, on that thread; what it throws is logged and otherwise ignored
     * @throws IllegalArgumentException if {@code cpu} is no CPU number
     */
    public PinnedThreadFactory(String threadName, boolean daemon, int cpu, CpuSet allowed, Consumer<PinResult> report) {
        this.threadName = requireNonNull(threadName, "threadName");
        this.daemon = daemon;
        this.cpu = cpu;
        this.wanted = cpu == LoopPlacement.UNPINNED ? allowed : CpuSet.of(cpu);
        this.allowed = requireNonNull(allowed, "allowed");
        this.report = requireNonNull(report, "report");
    }

    @Override
    public Thread newThread(Runnable task) {
        requireNonNull(task, "task");
        Thread thread = new FastThreadLocalThread(() -> placeAndRun(task), threadName);
        // Like the mask, this is inherited from the starting thread unless it is set.
        thread.setDaemon(daemon);
        return thread;
    }

    private void placeAndRun(Runnable task) {
        PinResult result = place();
        try {
            report.accept(result);
        } catch (RuntimeException | LinkageError e) {
            logger.warn(
                    "cannot report the placement of thread {}: result={} (expected a report that returns): {};"
                            + " fix: catch what the report throws",
                    threadName,
                    result,
                    e.toString(),
                    e);
        }
        task.run();
    }

    private PinResult place() {
        Optional<Throwable> failure = setMask(wanted);
        if (failure.isPresent()) {
            // Or else the thread would keep the mask of its starter. Whether this works is told by the mask below.
            Optional<Throwable> unused = setMask(allowed);
        }
        CpuSet mask = CpuSet.empty();
        try {
            mask = CpuSet.copyOf(Affinity.getAffinity());
        } catch (RuntimeException | LinkageError e) {
            failure = failure.or(() -> Optional.of(e));
        }
        if (failure.isEmpty() && cpu != LoopPlacement.UNPINNED && !mask.equals(wanted)) {
            // On a system it does not know, OpenHFT does nothing and throws nothing.
            failure = Optional.of(notPinned(mask));
        }
        return new PinResult(cpu, mask, failure);
    }

    private static Optional<Throwable> setMask(CpuSet cpus) {
        if (cpus.isEmpty()) {
            return Optional.empty();
        }
        try {
            // Not AffinityLock: it never gives CPU 0 away, and leaves lock files behind. The mask here holds CPUs
            // 0..1023; a
            // higher one is an ArrayIndexOutOfBoundsException. When this line returns, the kernel has moved the thread.
            Affinity.setAffinity(cpus.toBitSet());
            return Optional.empty();
        } catch (RuntimeException | LinkageError e) {
            return Optional.of(e);
        }
    }

    private IllegalStateException notPinned(CpuSet mask) {
        return new IllegalStateException(
                "cannot pin thread " + threadName + ": mask=\"" + mask + "\" (expected \"" + cpu
                        + "\"): OpenHFT affinity took the request without effect, as it does where JNA does not load;"
                        + " fix: put JNA for this platform on the class path, or use placement none()");
    }
}
