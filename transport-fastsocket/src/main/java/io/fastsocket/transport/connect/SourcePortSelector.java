package io.fastsocket.transport.connect;

import io.fastsocket.affinity.RssMap;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Chooses source ports whose answers the card puts into a queue of one loop's CPU: the choose step of the way out, computed. The
 * receive hash is affine in the port, so the ports are grouped once by what they add to it; the indirection table's entries
 * that lead to the CPU, combined with the hash of the remote address, name the groups. Each choice is one look-up, whatever the
 * number of queues, and allocates nothing for a remote address that was used before. For one thread.
 *
 * <p>Where the length of the indirection table is no power of two, the whole hash counts, and ports are tried one after the
 * other: as many as there are queues, on average.
 */
public final class SourcePortSelector implements PortChooser {
    private final ComputedPorts ports;
    private final IntPredicate isMine;
    /** The entries of the indirection table that lead to the loop. */
    private final int[] indexes;

    private final RandomGenerator random;
    private final RemoteStates<Cursor> cursors = new RemoteStates<>(this::start);

    /** Where the choice for one remote address stands. */
    private static final class Cursor {
        private final int baseHash;
        private int turn;

        Cursor(int baseHash, int turn) {
            this.baseHash = baseHash;
            this.turn = turn;
        }
    }

    SourcePortSelector(ComputedPorts ports, IntPredicate isMine, RandomGenerator random) {
        this.ports = ports;
        this.isMine = isMine;
        this.random = random;
        this.indexes = IntStream.range(0, ports.map().indirectionSize())
                .filter(index -> isMine.test(ports.map().cpuAt(index)))
                .toArray();
    }

    /**
     * A selector of its own tables; loops of a group share theirs.
     *
     * @param local the address that connections come from
     * @param usablePorts 1 to 65535 each, in ascending order
     * @param isMine whether a CPU is the one to arrive on
     * @param random where the choice begins, so that after a restart the ports in TIME_WAIT are not met in their order
     */
    public static SourcePortSelector of(
            RssMap map, InetAddress local, int[] usablePorts, IntPredicate isMine, RandomGenerator random) {
        return new SourcePortSelector(ComputedPorts.of(map, local, LocalPorts.of(usablePorts)), isMine, random);
    }

    private Cursor start(InetSocketAddress remote) {
        return new Cursor(ports.baseHash(remote), random.nextInt(1 << 16));
    }

    @Override
    public int first(InetSocketAddress remote) {
        return next(remote);
    }

    @Override
    public int next(InetSocketAddress remote) {
        Cursor cursor = cursors.of(remote);
        PortBuckets buckets = ports.buckets();
        return buckets == null ? byTrial(cursor) : fromBucket(buckets, cursor);
    }

    /** Goes round the groups, and in each from port to port. Some may be empty, where the key or the range is poor. */
    private int fromBucket(PortBuckets buckets, Cursor cursor) {
        int base = cursor.baseHash & (buckets.labels() - 1);
        for (int i = 0; i < indexes.length; i++) {
            int turn = cursor.turn++ & Integer.MAX_VALUE;
            int bucket = indexes[turn % indexes.length] ^ base;
            int count = buckets.count(bucket);
            if (count > 0) {
                return buckets.port(bucket, turn / indexes.length % count);
            }
        }
        return NONE;
    }

    private int byTrial(Cursor cursor) {
        LocalPorts all = ports.ports();
        for (int i = 0; i < all.count(); i++) {
            int port = all.at((cursor.turn++ & Integer.MAX_VALUE) % all.count());
            if (isMine.test(ports.cpuAfter(cursor.baseHash, port))) {
                return port;
            }
        }
        return NONE;
    }
}
