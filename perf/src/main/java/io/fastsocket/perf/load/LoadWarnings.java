package io.fastsocket.perf.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Why the figures of a load may say more about the generator than about the server. */
final class LoadWarnings {
    /** A thread that is on its CPU for longer has no time left for what comes in a burst. */
    private static final double BUSY_SHARE_MAX = 0.9;

    private static final double LATE_SHARE_MAX = 0.01;

    private LoadWarnings() {}

    static List<String> of(LoadPlan plan, Tally measured, long missed, List<LoadReport.LoopShare> loops) {
        List<String> warnings = new ArrayList<>();
        for (LoadReport.LoopShare loop : loops) {
            if (loop.busyShare() > BUSY_SHARE_MAX) {
                warnings.add(text(
                        "loop %d is saturated: busyShare=%.2f (expected up to %.1f); the server may do more;"
                                + " fix: more --cpus or generators, or a lower --rate",
                        loop.loop(), loop.busyShare(), BUSY_SHARE_MAX));
            }
            if (loop.cpu() < 0) {
                warnings.add(text("loop %d is not pinned; fix: allow sched_setaffinity(2)", loop.loop()));
            }
        }
        long behind = measured.late - measured.lateForConnection;
        if (behind > measured.begun * LATE_SHARE_MAX) {
            warnings.add(text(
                    "the generator fell behind its schedule: %d of %d requests began over 1 ms late with a connection free,"
                            + " up to %.1f ms; fix: CPUs that nothing else uses, or a lower --rate",
                    behind, measured.begun, measured.ownLateNanosMax / 1e6));
        }
        if (measured.lateForConnection > measured.begun * LATE_SHARE_MAX) {
            warnings.add(text(
                    "%d of %d requests waited over 1 ms for a free connection: the server is slower than the schedule on"
                            + " %d connections; the wait is in the latency",
                    measured.lateForConnection, measured.begun, plan.connections()));
        }
        if (missed > 0) {
            warnings.add(text(
                    "%d requests that were due never began: the latencies are lower bounds; fix: a lower --rate, or more"
                            + " --connections",
                    missed));
        }
        long local = measured.errors[LoadError.LOCAL.ordinal()];
        if (local > 0) {
            warnings.add(text(
                    "%d requests failed for want of ports, files or memory here; fix: see the first failure, ulimit -n and"
                            + " net.ipv4.ip_local_port_range",
                    local));
        }
        return warnings;
    }

    private static String text(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
