package io.fastsocket.transport.connect;

import io.fastsocket.transport.connect.LearnedState.Phase;
import java.util.Arrays;

/**
 * What has been learned for all destinations of a local address: the ports by their label, and which label each CPU has at a
 * destination whose shift is zero. While nothing is known there is one label, which all CPUs have. Immutable.
 */
final class LearnedModel {
    /** The CPU has not been seen, or no label is without a CPU. */
    static final int NO_LABEL = -1;

    private final int generation;
    private final Phase phase;
    private final boolean explores;
    private final PortLabels labels;
    private final PortBuckets buckets;
    private final int[] labelOfCpu;
    private final int[] soleCpu;
    private final int unownedLabel;

    private LearnedModel(
            int generation,
            Phase phase,
            boolean explores,
            PortLabels labels,
            PortBuckets buckets,
            int[] labelOfCpu,
            int[] soleCpu,
            int unownedLabel) {
        this.generation = generation;
        this.phase = phase;
        this.explores = explores;
        this.labels = labels;
        this.buckets = buckets;
        this.labelOfCpu = labelOfCpu;
        this.soleCpu = soleCpu;
        this.unownedLabel = unownedLabel;
    }

    /** Nothing is known. */
    static LearnedModel blank(int generation, PortBuckets all) {
        int[] soleCpu = {KnownPorts.NO_CPU};
        return new LearnedModel(generation, Phase.LEARNING, true, PortLabels.ONE, all, new int[0], soleCpu, NO_LABEL);
    }

    /** Ports are told apart, CPUs not yet. */
    static LearnedModel affine(int generation, boolean explores, PortLabels labels, int[] usablePorts) {
        int[] soleCpu = new int[labels.labels()];
        Arrays.fill(soleCpu, KnownPorts.NO_CPU);
        PortBuckets buckets = PortBuckets.of(usablePorts, labels.labels(), labels::label);
        return new LearnedModel(generation, Phase.AFFINE, explores, labels, buckets, new int[0], soleCpu, 0);
    }

    /** The same with what the CPUs are known to be. */
    LearnedModel with(CpuLabels cpus) {
        int[] sole = new int[labels.labels()];
        Arrays.setAll(sole, cpus::soleCpu);
        int[] labelOf = cpus.labels();
        boolean[] owned = new boolean[sole.length];
        for (int cpu = 0; cpu < labelOf.length; cpu++) {
            int label = labelOf[cpu];
            if (label != NO_LABEL && sole[label] != KnownPorts.NO_CPU && sole[label] != cpu) {
                // Seen there by a stray packet alone. No proposal would ever show where it is.
                labelOf[cpu] = NO_LABEL;
            } else if (label != NO_LABEL) {
                owned[label] = true;
            }
        }
        int unowned = NO_LABEL;
        for (int label = 0; label < owned.length && unowned == NO_LABEL; label++) {
            unowned = owned[label] ? NO_LABEL : label;
        }
        return new LearnedModel(generation, phase, explores, labels, buckets, labelOf, sole, unowned);
    }

    /** The same when enough ports have been tried. */
    LearnedModel explored() {
        Phase next = phase == Phase.LEARNING ? Phase.MEMORY_ONLY : phase;
        return new LearnedModel(generation, next, false, labels, buckets, labelOfCpu, soleCpu, unownedLabel);
    }

    /** Changes when labels mean something else. */
    int generation() {
        return generation;
    }

    Phase phase() {
        return phase;
    }

    /** Ports of which nothing is known are tried before those known to be right. */
    boolean explores() {
        return explores;
    }

    boolean isBlank() {
        return phase != Phase.AFFINE;
    }

    PortBuckets buckets() {
        return buckets;
    }

    int label(int port) {
        return labels.label(port);
    }

    /** The label, at shift zero, where a CPU is to be found: its own, else one that no CPU has, else {@link #NO_LABEL}. */
    int labelFor(int cpu) {
        if (isBlank()) {
            return 0;
        }
        int label = cpu < labelOfCpu.length ? labelOfCpu[cpu] : NO_LABEL;
        return label == NO_LABEL ? unownedLabel : label;
    }

    /** The one CPU that has a label at shift zero, or {@link KnownPorts#NO_CPU} if there are none or several. */
    int soleCpu(int label) {
        return soleCpu[label];
    }
}
