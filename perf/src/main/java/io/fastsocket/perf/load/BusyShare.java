package io.fastsocket.perf.load;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The share of a stretch of time that one thread was on a CPU, in the kernel or not. Begun and ended on that thread. */
final class BusyShare {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private long beganNanos;
    private long beganCpuNanos;
    private boolean running;
    private double share = Double.NaN;

    void begin() {
        running = threads.isCurrentThreadCpuTimeSupported();
        beganNanos = System.nanoTime();
        beganCpuNanos = running ? threads.getCurrentThreadCpuTime() : 0;
    }

    /** Only the first call counts. */
    void end() {
        if (running) {
            running = false;
            long cpuNanos = threads.getCurrentThreadCpuTime() - beganCpuNanos;
            share = (double) cpuNanos / Math.max(1, System.nanoTime() - beganNanos);
        }
    }

    /** 0 to about 1; NaN before the end, and where the JVM does not tell. */
    double share() {
        return share;
    }
}
