package io.fastsocket.transport.connect;

import io.fastsocket.affinity.FourTuple;
import io.fastsocket.affinity.RssMap;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What the choice of ports is computed with, for one local address: the card's map, and the usable ports grouped by what they
 * add to its hash. Made once for all loops; immutable.
 */
final class ComputedPorts {
    private final RssMap map;
    private final InetAddress local;
    private final LocalPorts ports;
    private final @Nullable PortBuckets buckets;

    private ComputedPorts(RssMap map, InetAddress local, LocalPorts ports, @Nullable PortBuckets buckets) {
        this.map = map;
        this.local = local;
        this.ports = ports;
        this.buckets = buckets;
    }

    static ComputedPorts of(RssMap map, InetAddress local, LocalPorts ports) {
        int size = map.indirectionSize();
        boolean lowBitsCount = Integer.bitCount(size) == 1;
        return new ComputedPorts(
                map,
                local,
                ports,
                lowBitsCount ? PortBuckets.of(ports.toArray(), size, port -> map.portShare(port) & (size - 1)) : null);
    }

    RssMap map() {
        return map;
    }

    LocalPorts ports() {
        return ports;
    }

    /** The ports by the low bits of what they add to the hash; null where the table's length is no power of two. */
    @Nullable
    PortBuckets buckets() {
        return buckets;
    }

    /** The hash of answers to port 0. */
    int baseHash(InetSocketAddress remote) {
        return map.hash(new FourTuple(remote.getAddress(), remote.getPort(), local, 0));
    }

    /** The CPU that answers to a port arrive at, given the hash of those to port 0; {@link RssMap#CPU_UNKNOWN}. */
    int cpuAfter(int baseHash, int port) {
        return map.cpuAt(map.indexOf(baseHash ^ map.portShare(port)));
    }

    @Override
    public String toString() {
        int empty = buckets == null ? 0 : buckets.emptyBuckets();
        return map + (empty == 0 ? "" : ", " + empty + " of them without a usable port");
    }
}
