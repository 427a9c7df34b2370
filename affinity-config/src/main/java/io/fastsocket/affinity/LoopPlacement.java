package io.fastsocket.affinity;

import java.util.List;

/**
 * Where one event loop runs.
 *
 * @param loopIndex the loop's place in the plan, from 0
 * @param cpu the CPU number the loop is pinned to, or {@value #UNPINNED} where it may run on every allowed CPU
 * @param rxQueues the receive queues whose packets this CPU processes, ascending; none where that is not known
 */
public record LoopPlacement(int loopIndex, int cpu, List<Integer> rxQueues) {
    /** The {@link #cpu()} of a loop that is not pinned. */
    public static final int UNPINNED = -1;

    /** @throws IllegalArgumentException if a number is out of range */
    public LoopPlacement {
        rxQueues = List.copyOf(rxQueues);
        if (loopIndex < 0 || cpu < UNPINNED || cpu > CpuSet.CPU_MAX) {
            throw new IllegalArgumentException("cannot place a loop: loopIndex=" + loopIndex + ", cpu=" + cpu
                    + " (expected loopIndex from 0, cpu " + UNPINNED + ".." + CpuSet.CPU_MAX
                    + "): there is no such loop or CPU; fix: take placements from PlacementPolicy.plan()");
        }
    }

    /** A loop of which no queues are known. */
    public LoopPlacement(int loopIndex, int cpu) {
        this(loopIndex, cpu, List.of());
    }

    /** Whether the loop is bound to one CPU. */
    public boolean pinned() {
        return cpu != UNPINNED;
    }
}
