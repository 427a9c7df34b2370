package io.fastsocket.transport.connect;

import java.util.Arrays;

/**
 * Which label each CPU has at a destination whose shift is zero, by votes, so that a stray packet changes nothing and a moved
 * interrupt is noticed. Not thread safe.
 */
final class CpuLabels {
    /** So much a vote can weigh: a label changes after one more contradiction in a row. */
    static final int SCORE_MAX = 8;

    /** A label belongs to one CPU if that CPU has at least this share of the ports seen there. */
    private static final double SOLE_SHARE = 0.9;
    /** All ports seen weigh half when one CPU has so many. */
    private static final int SEEN_MAX = 64;

    private int[] labels = new int[0];
    private int[] scores = new int[0];
    /** Ports seen for the first time, which no preference for known ones has chosen. */
    private int[] seen = new int[0];

    void clear() {
        labels = new int[0];
        scores = new int[0];
        seen = new int[0];
    }

    /** By CPU; {@link LearnedModel#NO_LABEL} where it is not known. */
    int[] labels() {
        return labels.clone();
    }

    int label(int cpu) {
        return cpu < labels.length ? labels[cpu] : LearnedModel.NO_LABEL;
    }

    int score(int cpu) {
        return scores[cpu];
    }

    void assign(int cpu, int label) {
        if (cpu >= labels.length) {
            int known = labels.length;
            labels = Arrays.copyOf(labels, cpu + 1);
            Arrays.fill(labels, known, cpu + 1, LearnedModel.NO_LABEL);
            scores = Arrays.copyOf(scores, cpu + 1);
            seen = Arrays.copyOf(seen, cpu + 1);
        }
        labels[cpu] = label;
        scores[cpu] = 0;
        seen[cpu] = 0;
    }

    void confirm(int cpu) {
        scores[cpu] = Math.min(scores[cpu] + 1, SCORE_MAX);
    }

    void doubt(int cpu) {
        scores[cpu]--;
    }

    /** A port that was new has arrived where its label says. */
    void see(int cpu) {
        if (++seen[cpu] >= SEEN_MAX) {
            for (int i = 0; i < seen.length; i++) {
                seen[i] /= 2;
            }
        }
    }

    /** The CPU that has a label for itself, or {@link KnownPorts#NO_CPU}. */
    int soleCpu(int label) {
        int all = 0;
        int most = KnownPorts.NO_CPU;
        for (int cpu = 0; cpu < labels.length; cpu++) {
            if (labels[cpu] == label) {
                all += seen[cpu];
                most = most == KnownPorts.NO_CPU || seen[cpu] > seen[most] ? cpu : most;
            }
        }
        return most != KnownPorts.NO_CPU && seen[most] > 0 && seen[most] >= SOLE_SHARE * all ? most : KnownPorts.NO_CPU;
    }
}
