package io.fastsocket.perf.scale;

import java.util.SplittableRandom;

/**
 * Receive side scaling: a random hash, and an indirection table that goes round the queues, one for each CPU. The table gives some CPUs
 * one entry more than others where its size is no multiple of their number.
 *
 * @param cpus 1 to {@link #ENTRIES}
 */
record ReceiveHash(int cpus) {
    /** Of the table, as of many cards. */
    static final int ENTRIES = 128;

    /** @throws IllegalArgumentException if there is a CPU that the table cannot name, or none */
    ReceiveHash {
        if (cpus < 1 || cpus > ENTRIES) {
            throw new IllegalArgumentException("cannot simulate: cpus=" + cpus + " (expected 1 to " + ENTRIES
                    + ", the entries of the card's indirection table)");
        }
    }

    /** Where the packets of a connection arrive. */
    int nextCpu(SplittableRandom random) {
        return random.nextInt(ENTRIES) % cpus;
    }
}
