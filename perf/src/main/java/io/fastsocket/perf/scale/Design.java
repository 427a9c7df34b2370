package io.fastsocket.perf.scale;

import java.util.SplittableRandom;

/**
 * Which loop a design gives a connection to, and where the packets of that loop's own connections arrive. There is a loop on each CPU,
 * pinned to it, so that a loop's number is its CPU's; stock Netty leaves that to the scheduler.
 */
public enum Design {
    /** Stock Netty: one listener, whose loop hands each connection to the next loop. */
    ONE_LISTENER("one listener", false) {
        @Override
        int loopOf(int connection, int arrivalCpu, int cpus, SplittableRandom random) {
            return connection % cpus;
        }
    },

    /** A reuseport listener for each loop; the kernel's hash, which is another than the card's, picks one. */
    LISTENERS_BY_HASH("listeners by hash", false) {
        @Override
        int loopOf(int connection, int arrivalCpu, int cpus, SplittableRandom random) {
            return random.nextInt(cpus);
        }
    },

    /** This project: the listener of the CPU that received the SYN, and source ports that lead back to the loop that connects. */
    FASTSOCKET("fastsocket", true) {
        @Override
        int loopOf(int connection, int arrivalCpu, int cpus, SplittableRandom random) {
            return arrivalCpu;
        }
    };

    private final String label;
    private final boolean local;

    Design(String label, boolean local) {
        this.label = label;
        this.local = local;
    }

    /** Its name in tables and in JSON. */
    public String label() {
        return label;
    }

    /**
     * The loop that gets a connection.
     *
     * @param connection how many came before it
     * @param arrivalCpu the CPU that receives its packets
     */
    abstract int loopOf(int connection, int arrivalCpu, int cpus, SplittableRandom random);

    /** The CPU that receives the packets of a connection that a loop opens. */
    final int answersArriveAt(int loop, ReceiveHash hash, SplittableRandom random) {
        return local ? loop : hash.nextCpu(random);
    }

    /** The share of connections whose loop is on another CPU than their packets, 0 to 1: two independent choices, 1 - 1/N. */
    public double expectedCrossShare(int cpus) {
        return local ? 0 : 1 - 1.0 / cpus;
    }

    /** The share of a proxy's requests that cross on either side, 0 to 1: 1 - 1/N^2. */
    public double expectedRequestCrossShare(int cpus) {
        double local = 1 - expectedCrossShare(cpus);
        return 1 - local * local;
    }
}
