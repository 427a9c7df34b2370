package io.fastsocket.affinity;

import static java.util.Objects.requireNonNull;

/**
 * One online CPU (a hardware thread) and where it sits in the machine. Numbers the system does not tell are {@code -1}.
 *
 * @param cpu the kernel's CPU number
 * @param coreId the core's number within its package: two packages may both have a core 0
 * @param packageId the socket's number
 * @param numaNode the memory node's number
 * @param siblings the online CPUs that share this CPU's core, itself included
 */
public record Cpu(int cpu, int coreId, int packageId, int numaNode, CpuSet siblings) {
    /** @throws IllegalArgumentException if {@code siblings} lacks the CPU itself */
    public Cpu {
        requireNonNull(siblings, "siblings");
        if (!siblings.contains(cpu)) {
            throw new IllegalArgumentException(
                    "cannot describe CPU " + cpu + ": siblings=\"" + siblings + "\" (expected a set with " + cpu
                            + " in it): a CPU shares its core with itself; fix: add CPU " + cpu);
        }
    }
}
