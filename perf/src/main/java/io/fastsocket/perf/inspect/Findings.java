package io.fastsocket.perf.inspect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a server's time and memory went under one load.
 *
 * @param requests responses in that time
 * @param seconds that time
 * @param systemCalls system calls of the server; null without {@code perf} or the right to use it
 * @param enterCalls of these, {@code io_uring_enter}; null as they are
 * @param allocatedBytes allocated on the heap; null without a JVM or {@code jcmd}
 * @param gcPauseMillis how long collections stopped the JVM; null as that
 * @param functions by their share of CPU time, the largest first; empty without {@code perf}
 */
public record Findings(
        long requests,
        double seconds,
        @Nullable Long systemCalls,
        @Nullable Long enterCalls,
        @Nullable Long allocatedBytes,
        @Nullable Double gcPauseMillis,
        List<FunctionShare> functions) {
    public Findings {
        functions = List.copyOf(functions);
    }

    /** A count for each response, or null if there is no count. */
    public @Nullable Double perRequest(@Nullable Long count) {
        return count == null ? null : (double) count / requests;
    }

    /** Milliseconds of pauses in a second, or null if it is not known. */
    public @Nullable Double gcPauseMillisPerSecond() {
        return gcPauseMillis == null ? null : gcPauseMillis / seconds;
    }
}
