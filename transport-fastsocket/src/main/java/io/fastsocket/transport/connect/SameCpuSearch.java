package io.fastsocket.transport.connect;

import java.util.random.RandomGenerator;

/**
 * Finds the subspace N of port differences that keep the CPU, from recent differences of ports that arrived on one CPU,
 * some of which are wrong. Not thread safe.
 *
 * <p>An {@link #attempt} takes differences in random order for a basis. When that has grown to hold N, just then nearly all
 * differences it did not take are spanned as well, where one step earlier about half of them were. Those are the held-back
 * ones. A wrong difference in the basis shows, too: hardly any of the others needs it, where half of them need a right one.
 * It is taken out, because a space that is too large cannot tell CPUs apart that N does.
 */
final class SameCpuSearch {
    /** How many differences are kept; older ones give way. */
    static final int DIFFERENCES_MAX = 128;
    /** At most this many label bits are looked for. */
    static final int LABEL_BITS_MAX = 10;

    /**
     * What a result must show.
     *
     * @param spannedMin the share of held-back differences that must be spanned
     * @param bitsAgainstFiner how unlikely it must be that the true space is larger by one dimension, in bits
     */
    record Proof(double spannedMin, double bitsAgainstFiner) {}

    /** To go from nothing to a map; strays among 20 connections spoil 2 differences. */
    static final Proof TRUST = new Proof(0.8, 16);

    /** To try it again after a map that did not hold, or to replace one that does. */
    static final Proof STRICT = new Proof(0.88, 24);

    private static final int VECTOR = 0xffff;
    /** How unlikely it must be that held-back differences are spanned by chance, in bits. */
    private static final double BITS_AGAINST_CHANCE = 40;

    private static final double[] LOG2_FACTORIAL = new double[DIFFERENCES_MAX + 1];

    static {
        for (int n = 1; n <= DIFFERENCES_MAX; n++) {
            LOG2_FACTORIAL[n] = LOG2_FACTORIAL[n - 1] + Math.log(n) / Math.log(2);
        }
    }

    private final RandomGenerator random;
    private final int usableDimension;
    private final char[] differences = new char[DIFFERENCES_MAX];
    /** Below the differences as far as they are reduced, above the places in the basis of what they were reduced by. */
    private final int[] rest = new int[DIFFERENCES_MAX];

    private final int[] basis = new int[PortSpan.PORT_BITS];
    private final NeededVectors needed = new NeededVectors();
    private int size;
    private int oldest;

    /** @param usableDimension the dimension of all differences of usable ports, 0 to 16 */
    SameCpuSearch(int usableDimension, RandomGenerator random) {
        this.usableDimension = usableDimension;
        this.random = random;
    }

    /** Adds the difference of two ports that arrived on one CPU, unless it is there: it would confirm itself. */
    void add(int difference) {
        for (int i = 0; i < size; i++) {
            if (differences[i] == difference) {
                return;
            }
        }
        if (size < DIFFERENCES_MAX) {
            differences[size++] = (char) difference;
        } else {
            differences[oldest] = (char) difference;
            oldest = (oldest + 1) % DIFFERENCES_MAX;
        }
    }

    void clear() {
        size = 0;
        oldest = 0;
    }

    /**
     * Looks once; takes a few microseconds.
     *
     * @param proof how sure it must be
     * @return a basis of N, or an empty array if this attempt does not show one
     */
    int[] attempt(Proof proof) {
        for (int i = 0; i < size; i++) {
            rest[i] = differences[i];
        }
        for (int rank = 1; rank <= usableDimension; rank++) {
            int chosen = anyNotSpanned();
            if (chosen < 0) {
                break;
            }
            basis[rank - 1] = differences[chosen];
            int spanned = eliminate(rest[chosen] ^ (1 << (PortSpan.PORT_BITS + rank - 1)));
            if (spanned - rank >= proof.spannedMin() * (size - rank)) {
                needed.load(rest, size);
                needed.untangle(basis, rank);
                int kept = needed.kept(rank);
                int keptRank = Integer.bitCount(kept);
                if (isConfirmed(keptRank, needed.spannedBy(kept) - keptRank, proof)) {
                    return basisOf(kept);
                }
            }
        }
        return new int[0];
    }

    /** The place of a difference that is not in the span of the basis, or -1. */
    private int anyNotSpanned() {
        int start = size == 0 ? 0 : random.nextInt(size);
        for (int i = 0; i < size; i++) {
            int place = (start + i) % size;
            if ((rest[place] & VECTOR) != 0) {
                return place;
            }
        }
        return -1;
    }

    /** Reduces all by a pivot and says how many are spanned now, those of the basis among them. */
    private int eliminate(int pivot) {
        int bit = 31 - Integer.numberOfLeadingZeros(pivot & VECTOR);
        int spanned = 0;
        for (int i = 0; i < size; i++) {
            int reduced = rest[i] ^ (pivot & -((rest[i] >>> bit) & 1));
            rest[i] = reduced;
            spanned += (reduced & VECTOR) == 0 ? 1 : 0;
        }
        return spanned;
    }

    private int[] basisOf(int kept) {
        int[] vectors = new int[Integer.bitCount(kept)];
        int count = 0;
        for (int place = 0; place < PortSpan.PORT_BITS; place++) {
            if (((kept >>> place) & 1) != 0) {
                vectors[count++] = basis[place];
            }
        }
        return vectors;
    }

    private boolean isConfirmed(int rank, int hits, Proof proof) {
        int heldBack = size - rank;
        int labelBits = usableDimension - rank;
        if (labelBits < 1 || labelBits > LABEL_BITS_MAX || hits < proof.spannedMin() * heldBack) {
            return false;
        }
        double choices = LOG2_FACTORIAL[heldBack] - LOG2_FACTORIAL[hits] - LOG2_FACTORIAL[heldBack - hits];
        return hits - choices >= proof.bitsAgainstFiner() && (double) labelBits * hits - choices >= BITS_AGAINST_CHANCE;
    }
}
