package io.fastsocket.transport;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How the loops of a group keep up: how late their tasks run, how many wait, and the CPU time they take. Costs each loop a
 * task ten times a second, until it is closed. May be asked from any thread; loop indexes go from 0.
 */
public final class LoopWatch implements AutoCloseable {
    private static final long NO_THREAD = 0;
    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** The longest lag is that of this period and the one before. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final FastSocketEventLoopGroup group;
    private final List<Probe> probes = new ArrayList<>();
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private volatile boolean closed;

    /** Watches the loops of a group from now on. */
    public LoopWatch(FastSocketEventLoopGroup group) {
        this.group = group;
        for (EventExecutor loop : group) {
            probes.add(new Probe((SingleThreadEventExecutor) loop));
        }
        probes.forEach(Probe::scheduleNext);
    }

    /** How often the lag was measured. */
    public long lagCount(int loopIndex) {
        return probes.get(loopIndex).count;
    }

    /** The sum of all lags so far, in nanoseconds: from when a task was due to when it ran. */
    public long lagNanosTotal(int loopIndex) {
        return probes.get(loopIndex).totalNanos;
    }

    /**
     * The longest lag of the last half to whole minute, in nanoseconds. While a loop is stuck it is the time since its next
     * task was due.
     */
    public long lagNanosMax(int loopIndex) {
        return probes.get(loopIndex).longestNanos();
    }

    /**
     * How long ago a loop last ran a task, in nanoseconds: up to a tenth of a second while it is well, more and more while it is
     * stuck, and once it is dead. 0 when its group shuts down, and once this is closed.
     */
    public long silentNanos(int loopIndex) {
        return probes.get(loopIndex).silentNanos();
    }

    /** How long the next task of a loop has been due, in nanoseconds; 0 while it is not. A dead loop's stays due. */
    public long overdueNanos(int loopIndex) {
        return probes.get(loopIndex).overdueNanos();
    }

    /** Tasks that wait to be run, as of now. */
    public int pendingTasks(int loopIndex) {
        return probes.get(loopIndex).loop.pendingTasks();
    }

    /**
     * The CPU time of the loop's thread so far, in nanoseconds, without what the kernel does for it elsewhere; never falls. 0 where the
     * JVM does not tell.
     */
    public long cpuNanos(int loopIndex) {
        Probe probe = probes.get(loopIndex);
        if (probe.threadId == NO_THREAD) {
            return 0;
        }
        long now = threads.getThreadCpuTime(probe.threadId);
        // -1 once the thread has ended.
        return probe.cpuNanos.accumulateAndGet(now, Math::max);
    }

    /** Ends the probes. */
    @Override
    public void close() {
        closed = true;
    }

    /** One loop's task. What it counts is written by that loop alone. */
    private final class Probe implements Runnable {
        private final SingleThreadEventExecutor loop;
        private final long threadId;
        private final AtomicLong cpuNanos = new AtomicLong();
        private volatile long lastRunNanos = System.nanoTime();
        private volatile long dueNanos = lastRunNanos;
        private volatile long count;
        private volatile long totalNanos;
        private volatile long longestNow;
        private volatile long longestBefore;
        private long periodEndNanos = System.nanoTime() + LONGEST_NANOS;

        Probe(SingleThreadEventExecutor loop) {
            this.loop = loop;
            this.threadId = threadIdOf(loop);
        }

        private static long threadIdOf(SingleThreadEventExecutor loop) {
            try {
                return loop.threadProperties().id();
            } catch (RejectedExecutionException alreadyDead) {
                return NO_THREAD;
            }
        }

        void scheduleNext() {
            dueNanos = System.nanoTime() + PROBE_NANOS;
            try {
                loop.schedule(this, PROBE_NANOS, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException loopEnded) {
                // Stays due, unless the group shuts down.
            }
        }

        @Override
        public void run() {
            long now = System.nanoTime();
            lastRunNanos = now;
            long lag = Math.max(0, now - dueNanos);
            if (now - periodEndNanos >= 0) {
                periodEndNanos = now + LONGEST_NANOS;
                longestBefore = longestNow;
                longestNow = 0;
            }
            longestNow = Math.max(longestNow, lag);
            long total = totalNanos;
            totalNanos = total + lag;
            long measured = count;
            count = measured + 1;
            if (!closed && !loop.isShuttingDown()) {
                scheduleNext();
            }
        }

        long overdueNanos() {
            return isOver() ? 0 : Math.max(0, System.nanoTime() - dueNanos);
        }

        long silentNanos() {
            return isOver() ? 0 : Math.max(0, System.nanoTime() - lastRunNanos);
        }

        /** Not whether the loop shuts down: one that does while its group does not has died. */
        private boolean isOver() {
            return closed || group.isShutdownAskedFor();
        }

        long longestNanos() {
            return Math.max(Math.max(longestNow, longestBefore), overdueNanos());
        }
    }
}
