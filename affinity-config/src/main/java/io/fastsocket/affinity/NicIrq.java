package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;

/**
 * An interrupt of a network card.
 *
 * @param irq its number
 * @param name as in {@code /proc/interrupts}, such as {@code "virtio0-input.3"}; empty where nothing is registered
 * @param affinity the CPUs it may go to ({@code smp_affinity_list})
 * @param effectiveAffinity the CPUs it does go to ({@code effective_affinity_list}, since Linux 4.15); most often one
 * @param managed whether the kernel keeps its affinity to itself, so that nobody can set it
 */
public record NicIrq(int irq, String name, Answer<CpuSet> affinity, Answer<CpuSet> effectiveAffinity, boolean managed) {
    /**
     * The CPUs that take it, from its next time on: those it goes to in effect, as long as they are among those it may go to. An
     * interrupt that was sent elsewhere moves when it is taken next, and until then goes on to tell where it was.
     */
    public Answer<CpuSet> cpus() {
        CpuSet effective = effectiveAffinity.toOptional().orElse(CpuSet.empty());
        boolean moved =
                affinity.toOptional().filter(may -> !may.containsAll(effective)).isPresent();
        return effective.isEmpty() || moved ? affinity : effectiveAffinity;
    }
}
