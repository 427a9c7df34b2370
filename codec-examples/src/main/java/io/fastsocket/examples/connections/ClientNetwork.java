package io.fastsocket.examples.connections;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * What counts as one source of connections: an address of IPv4, also where it is written as one of IPv6 (RFC 4291 2.5.5.2), and the
 * first 64 bits of one of IPv6, because whoever has one address there has the rest too.
 *
 * <p>Comparable, so that a map can tell apart many that somebody chose for their hash.
 */
record ClientNetwork(boolean v6, long bits) implements Comparable<ClientNetwork> {
    private static final int MAPPED_PREFIX_BYTES = 12;

    static ClientNetwork of(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return new ClientNetwork(false, bits(bytes, 0, 4));
        }
        return isMapped(bytes)
                ? new ClientNetwork(false, bits(bytes, MAPPED_PREFIX_BYTES, 4))
                : new ClientNetwork(true, bits(bytes, 0, 8));
    }

    /** The JDK makes an {@link Inet4Address} of one, Netty's native transports do not. */
    private static boolean isMapped(byte[] bytes) {
        return bits(bytes, 0, 8) == 0 && bits(bytes, 8, 4) == 0xffffL;
    }

    private static long bits(byte[] bytes, int from, int count) {
        long bits = 0;
        for (int i = from; i < from + count; i++) {
            bits = bits << 8 | (bytes[i] & 0xff);
        }
        return bits;
    }

    @Override
    public int compareTo(ClientNetwork other) {
        int family = Boolean.compare(v6, other.v6);
        return family == 0 ? Long.compare(bits, other.bits) : family;
    }
}
