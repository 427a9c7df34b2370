package io.fastsocket.examples.metrics;

import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopWatch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Whether every loop lives and runs its tasks. Safe for use by any thread. */
final class Health {
    private final FastSocketEventLoopGroup group;
    private final int loops;
    private final LoopWatch watch;
    private final Duration stuckAfter;

    /** @param stuckAfter a loop whose task has been due for so long is stuck: a handler blocks or spins */
    Health(FastSocketEventLoopGroup group, LoopWatch watch, Duration stuckAfter) {
        this.group = group;
        this.loops = group.plan().rows().size();
        this.watch = watch;
        this.stuckAfter = stuckAfter;
    }

    /** A line for each loop that is dead or stuck. */
    List<String> problems() {
        return IntStream.range(0, loops)
                .mapToObj(this::problem)
                .filter(problem -> !problem.isEmpty())
                .toList();
    }

    private String problem(int loop) {
        Optional<String> causeOfDeath = group.causeOfDeath(loop);
        if (causeOfDeath.isPresent()) {
            return "loop " + loop + " has died: " + causeOfDeath.get()
                    + ": its connections hang, and so do those that its listener gets; restart the server";
        }
        Duration overdue = Duration.ofNanos(watch.overdueNanos(loop));
        return overdue.compareTo(stuckAfter) < 0
                ? ""
                : "loop " + loop + " has not run a task for " + overdue.toSeconds()
                        + " s: a handler blocks or spins; see its stack" + " (jstack)";
    }
}
