package io.fastsocket.transport.engine;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which loop the packets of a CPU belong to: the one pinned to that CPU, else one pinned to another hardware thread of the
 * same core, whose caches are the same, else none.
 */
public final class CpuOwners {
    /** No loop is pinned to the CPU's core. */
    public static final int NO_LOOP = -1;

    private final SortedMap<Integer, Integer> loopByCpu;
    /** The same, by CPU number: asked once for every accepted connection. */
    private final int[] loops;

    private CpuOwners(SortedMap<Integer, Integer> loopByCpu) {
        this.loopByCpu = Collections.unmodifiableSortedMap(loopByCpu);
        this.loops = new int[loopByCpu.isEmpty() ? 0 : loopByCpu.lastKey() + 1];
        Arrays.fill(loops, NO_LOOP);
        loopByCpu.forEach((cpu, loop) -> loops[cpu] = loop);
    }

    public static CpuOwners of(List<PinnedLoop> loops, CpuTopology topology) {
        SortedMap<Integer, Integer> loopByCpu = new TreeMap<>();
        for (PinnedLoop loop : loops) {
            if (loop.cpu() != PinnedLoop.UNPINNED) {
                loopByCpu.put(loop.cpu(), loop.index());
            }
        }
        SortedMap<Integer, Integer> withSiblings = new TreeMap<>(loopByCpu);
        for (CpuSet core : topology.physicalCores()) {
            for (int pinned : core) {
                Integer loopIndex = loopByCpu.get(pinned);
                if (loopIndex != null) {
                    core.forEach(sibling -> withSiblings.putIfAbsent(sibling, loopIndex));
                }
            }
        }
        return new CpuOwners(withSiblings);
    }

    /** The index of the loop that owns a CPU, or {@link #NO_LOOP}. */
    public int loopOf(int cpu) {
        return cpu >= 0 && cpu < loops.length ? loops[cpu] : NO_LOOP;
    }

    /** CPU number to loop index, for all CPUs that have an owner. */
    public SortedMap<Integer, Integer> loopByCpu() {
        return loopByCpu;
    }
}
