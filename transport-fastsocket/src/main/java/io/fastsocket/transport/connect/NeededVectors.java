package io.fastsocket.transport.connect;

import java.util.Arrays;

/**
 * Which vectors of a basis the spanned differences need, and which are in it by mistake. A set of differences is two words
 * of bits. Not thread safe.
 */
final class NeededVectors {
    /** Of the differences that a right vector spans half need it; one that fewer need is wrong. */
    private static final double NEEDED_MIN = 0.25;

    /** For each place in the basis the differences that need the vector there. */
    private final long[] low = new long[PortSpan.PORT_BITS];

    private final long[] high = new long[PortSpan.PORT_BITS];
    private long spannedLow;
    private long spannedHigh;

    /**
     * Takes in which differences are spanned and by what.
     *
     * @param rest a difference's rest in the lower 16 bits, the places of the vectors it was reduced by in the upper ones
     */
    void load(int[] rest, int size) {
        Arrays.fill(low, 0);
        Arrays.fill(high, 0);
        spannedLow = 0;
        spannedHigh = 0;
        for (int i = 0; i < size; i++) {
            if ((rest[i] & PortBuckets.PORT_MAX) != 0) {
                continue;
            }
            long bit = 1L << i;
            long[] half = i < Long.SIZE ? low : high;
            spannedLow |= i < Long.SIZE ? bit : 0;
            spannedHigh |= i < Long.SIZE ? 0 : bit;
            for (int places = rest[i] >>> PortSpan.PORT_BITS; places != 0; places &= places - 1) {
                half[Integer.numberOfTrailingZeros(places)] |= bit;
            }
        }
    }

    /**
     * A stray connection spoils two differences, the one to the port before it and the one to the port after it, whose sum is
     * right. If both are in the basis, each is needed, but always together: puts their sum in the place of one.
     */
    void untangle(int[] basis, int rank) {
        double few = NEEDED_MIN * spanned();
        for (int a = 0; a < rank; a++) {
            for (int b = 0; b < rank; b++) {
                if (a != b && apart(a, b) < few && apart(a, b) < needed(b)) {
                    basis[a] ^= basis[b];
                    low[b] ^= low[a];
                    high[b] ^= high[a];
                }
            }
        }
    }

    /** The places of the vectors that are needed, as a mask. */
    int kept(int rank) {
        int kept = 0;
        for (int place = 0; place < rank; place++) {
            // Each is needed by itself.
            kept |= needed(place) - 1 >= NEEDED_MIN * (spanned() - rank) ? 1 << place : 0;
        }
        return kept;
    }

    /** How many differences need no other vectors than these. */
    int spannedBy(int kept) {
        long othersLow = 0;
        long othersHigh = 0;
        for (int place = 0; place < PortSpan.PORT_BITS; place++) {
            if (((kept >>> place) & 1) == 0) {
                othersLow |= low[place];
                othersHigh |= high[place];
            }
        }
        return Long.bitCount(spannedLow & ~othersLow) + Long.bitCount(spannedHigh & ~othersHigh);
    }

    private int spanned() {
        return Long.bitCount(spannedLow) + Long.bitCount(spannedHigh);
    }

    private int needed(int place) {
        return Long.bitCount(low[place]) + Long.bitCount(high[place]);
    }

    private int apart(int a, int b) {
        return Long.bitCount(low[a] ^ low[b]) + Long.bitCount(high[a] ^ high[b]);
    }
}
