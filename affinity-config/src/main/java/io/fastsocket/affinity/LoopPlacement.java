package io.fastsocket.affinity;

/**
 * Where one event loop runs.
 *
 * @param loopIndex the loop's place in the plan, from 0
 * @param cpu the CPU number the loop is pinned to, or {@value #UNPINNED} where it may run on every allowed CPU
 */
public record LoopPlacement(int loopIndex, int cpu) {
    /** The {@link #cpu()} of a loop that is not pinned. */
    public static final int UNPINNED = -1;

    /** @throws IllegalArgumentException if a number is out of range */
    public LoopPlacement {
        if (loopIndex < 0 || cpu < UNPINNED || cpu > CpuSet.CPU_MAX) {
            throw new IllegalArgumentException("cannot place a loop: loopIndex=" + loopIndex + ", cpu=" + cpu
                    + " (expected loopIndex from 0, cpu " + UNPINNED + ".." + CpuSet.CPU_MAX
                    + "): there is no such loop or CPU; fix: take placements from PlacementPolicy.plan()");
        }
    }

    /** Whether the loop is bound to one CPU. */
    public boolean pinned() {
        return cpu != UNPINNED;
    }
}
