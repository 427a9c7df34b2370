package io.fastsocket.affinity;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * The addresses and ports of a TCP packet as it arrives: from the remote end to the local one. An IPv4 address that is
 * written as an IPv6 one (v4-mapped) is what it stands for; the JDK makes it one by itself.
 *
 * @param remote where it comes from; of the same family as {@code local}
 * @param remotePort 0 to 65535
 * @param local where it goes to
 * @param localPort 0 to 65535
 */
public record FourTuple(InetAddress remote, int remotePort, InetAddress local, int localPort) {
    private static final int PORT_MAX = 0xffff;

    /** @throws IllegalArgumentException if the families differ, or a port is out of range */
    public FourTuple {
        if (remote instanceof Inet4Address != local instanceof Inet4Address) {
            throw new IllegalArgumentException("cannot make a four-tuple: remote=" + remote + ", local=" + local
                    + " (expected two addresses of one family): no packet has both; fix: give both of IPv4 or of IPv6");
        }
        requirePort("remotePort", remotePort);
        requirePort("localPort", localPort);
    }

    /** Whether its packets are of IPv4. */
    public boolean isIpv4() {
        return remote instanceof Inet4Address;
    }

    private static void requirePort(String name, int port) {
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("cannot make a four-tuple: " + name + "=" + port + " (expected 0 to "
                    + PORT_MAX + "): ports have 16 bits; fix: give one of them");
        }
    }
}
