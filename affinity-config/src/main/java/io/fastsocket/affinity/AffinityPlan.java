package io.fastsocket.affinity;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which event loop runs on which CPU, and what to tell the user where that is less than was asked for. Prints as a table.
 *
 * @param loops one placement per loop, at least one, in the order of {@link LoopPlacement#loopIndex()} from 0; no two
 *     pinned loops share a CPU
 * @param warning one line that says what was asked, what is allowed and what to change; empty where the wish was met
 */
public record AffinityPlan(List<LoopPlacement> loops, Optional<String> warning) {
    /** @throws IllegalArgumentException if there is no loop, the indexes have gaps, or two loops share a CPU */
    public AffinityPlan {
        loops = List.copyOf(loops);
        requireNonNull(warning, "warning");
        if (loops.isEmpty()) {
            throw invalid(loops, "an event loop group has at least one loop");
        }
        CpuSet taken = CpuSet.empty();
        for (int index = 0; index < loops.size(); index++) {
            LoopPlacement loop = loops.get(index);
            if (loop.loopIndex() != index) {
                throw invalid(loops, "loop " + loop.loopIndex() + " stands at place " + index);
            }
            if (taken.contains(loop.cpu())) {
                throw invalid(loops, "two loops are pinned to CPU " + loop.cpu());
            }
            if (loop.pinned()) {
                taken = taken.union(CpuSet.of(loop.cpu()));
            }
        }
    }

    private static IllegalArgumentException invalid(List<LoopPlacement> loops, String cause) {
        return new IllegalArgumentException("cannot make an affinity plan: loops=" + loops
                + " (expected loops numbered from 0, each on a CPU of its own): " + cause
                + "; fix: take plans from PlacementPolicy.plan()");
    }

    /**
     * The plan as lines of {@code loop} and {@code CPU}, and {@code queues} where some are known, ending without a line break;
     * an unpinned loop has CPU any.
     */
    @Override
    public String toString() {
        boolean queues = loops.stream().anyMatch(loop -> !loop.rxQueues().isEmpty());
        StringBuilder table = new StringBuilder("loop   CPU").append(queues ? "  queues" : "");
        for (LoopPlacement loop : loops) {
            table.append(String.format(
                    "%n%4d  %4s", loop.loopIndex(), loop.pinned() ? Integer.toString(loop.cpu()) : "any"));
            if (!loop.rxQueues().isEmpty()) {
                table.append("  ")
                        .append(loop.rxQueues().stream().map(String::valueOf).collect(Collectors.joining(",")));
            }
        }
        return table.toString();
    }
}
