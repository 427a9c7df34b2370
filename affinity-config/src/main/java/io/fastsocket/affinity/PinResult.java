package io.fastsocket.affinity;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * What became of placing one thread, as the thread itself read it back.
 *
 * @param cpu the CPU that was asked for, or {@link LoopPlacement#UNPINNED}
 * @param mask the CPUs the thread may run on now; empty where that cannot be read
 * @param failure why the thread does not run where it was meant to; empty where it does
 */
public record PinResult(int cpu, CpuSet mask, Optional<Throwable> failure) {
    public PinResult {
        requireNonNull(mask, "mask");
        requireNonNull(failure, "failure");
    }

    /** Whether the thread runs on the CPU asked for and on no other. */
    public boolean pinned() {
        return cpu != LoopPlacement.UNPINNED && mask.equals(CpuSet.of(cpu));
    }
}
