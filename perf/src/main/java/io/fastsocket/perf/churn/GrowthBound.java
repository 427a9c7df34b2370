package io.fastsocket.perf.churn;

import java.util.ArrayList;
import java.util.List;

/**
 * How much of a server's memory may come with the connections it has served, and stay. Heap and direct memory may grow by a
 * tenth and 4 MiB, which is a pooled chunk and the JIT compilers' leavings and 4 bytes for each of a million connections;
 * file descriptors not at all.
 */
public final class GrowthBound {
    private static final double FACTOR_MAX = 1.10;
    private static final long ADDITION_MAX_BYTES = 4L << 20;

    private GrowthBound() {}

    /**
     * What grew beyond the bound; empty if nothing did.
     *
     * @param start after the warm-up: open files are compared with it
     * @param reference after a tenth of the connections: memory is compared with it
     * @param end after all
     */
    public static List<String> violations(Footprint start, Footprint reference, Footprint end) {
        List<String> violations = new ArrayList<>();
        if (end.openFiles() != start.openFiles()) {
            violations.add("open files: end=" + end.openFiles() + " (expected " + start.openFiles() + ", as after "
                    + start.connections() + " connections)");
        }
        requireBounded("heap after GC", reference.heapBytes(), end.heapBytes(), reference, violations);
        requireBounded("direct memory", reference.directBytes(), end.directBytes(), reference, violations);
        return violations;
    }

    private static void requireBounded(
            String name, long reference, long end, Footprint taken, List<String> violations) {
        long bound = (long) (reference * FACTOR_MAX) + ADDITION_MAX_BYTES;
        if (end > bound) {
            violations.add(name + ": endBytes=" + end + " (expected at most " + bound
                    + ", 1.10 x + 4 MiB of what it was after " + taken.connections() + " connections)");
        }
    }
}
