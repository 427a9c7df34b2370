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
public record NicIrq(
        int irq, String name, Answer<CpuSet> affinity, Answer<CpuSet> effectiveAffinity, boolean managed) {}
