package io.fastsocket.examples.metrics;

import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopWatch;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Whether every loop runs its tasks. Safe for use by any thread. */
final class Health {
    /** A loop whose task has been due for so long is stuck: a handler blocks or spins. */
    private static final long STUCK_SECONDS = 10;

    private final int loops;
    private final LoopWatch watch;

    Health(FastSocketEventLoopGroup group, LoopWatch watch) {
        this.loops = group.plan().rows().size();
        this.watch = watch;
    }

    /** A line for each loop that is stuck. */
    List<String> problems() {
        return IntStream.range(0, loops)
                .mapToObj(this::problem)
                .filter(problem -> !problem.isEmpty())
                .toList();
    }

    private String problem(int loop) {
        long overdueSeconds = TimeUnit.NANOSECONDS.toSeconds(watch.overdueNanos(loop));
        return overdueSeconds < STUCK_SECONDS
                ? ""
                : "loop " + loop + " has not run a task for " + overdueSeconds
                        + " s: a handler blocks or spins; see its stack" + " (jstack)";
    }
}
