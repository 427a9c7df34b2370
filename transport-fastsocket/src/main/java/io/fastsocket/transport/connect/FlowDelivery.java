package io.fastsocket.transport.connect;

import java.util.Objects;

/**
 * How the source port of an outgoing connection is chosen, so that its answers arrive on the CPU of the loop that opened it:
 * the choose step of the way out. What it gains is that both sides of a proxy stay on one core. What it costs is the
 * choice of a port, some tens of nanoseconds, an explicit bind(2), and one getsockopt(2) that verifies it. Where a mode cannot be
 * had, or its connections come back elsewhere, the next one takes its place: port bits, computed, learned, any port.
 *
 * <p>It applies to channels of {@code group.socketChannelFactory()} that connect to another machine, from a pinned loop, without
 * a local port of their own.
 */
public sealed interface FlowDelivery {
    /** Any port, as the kernel chooses it. */
    static FlowDelivery off() {
        return Off.OFF;
    }

    /** Computed where the card of the local address can be read, learned where it cannot. The default. */
    static FlowDelivery auto() {
        return Auto.AUTO;
    }

    /**
     * Computed from the receive hash of one interface, for connections from any local address: for addresses that the card does
     * not know, such as those of a bridge or a bond above it. Learned where it cannot be computed.
     *
     * @param interfaceName as in {@code ip link}
     */
    static FlowDelivery rss(String interfaceName) {
        return new Rss(interfaceName);
    }

    /** Learned from where connections arrive. Needs no privilege and no knowledge of the card. */
    static FlowDelivery learned() {
        return Learned.LEARNED;
    }

    /**
     * By bits of the port: {@code port & mask} names the loop, and an XDP program moves what arrives for ports of this range to
     * that loop's CPU. Gains exactness on any card; costs an inter-processor hand-over for each batch of packets. Needs CAP_BPF
     * and CAP_NET_ADMIN; without them one line says so, and {@link #auto()} is used. Keep others out of the range with
     * {@code net.ipv4.ip_local_reserved_ports}.
     *
     * @param interfaceName on which the answers arrive
     * @param firstPort 1024 to 65535, a multiple of the number of loops, rounded up to a power of two
     * @param portCount a multiple of the same
     */
    static FlowDelivery portBits(String interfaceName, int firstPort, int portCount) {
        return new PortBitsOf(interfaceName, firstPort, portCount);
    }

    /** {@link #off()}. */
    enum Off implements FlowDelivery {
        OFF;

        @Override
        public String toString() {
            return "off";
        }
    }

    /** {@link #auto()}. */
    enum Auto implements FlowDelivery {
        AUTO;

        @Override
        public String toString() {
            return "auto";
        }
    }

    /** {@link #learned()}. */
    enum Learned implements FlowDelivery {
        LEARNED;

        @Override
        public String toString() {
            return "learned";
        }
    }

    /** {@link #rss(String)}. */
    record Rss(String interfaceName) implements FlowDelivery {
        public Rss {
            Objects.requireNonNull(interfaceName, "interfaceName");
        }

        @Override
        public String toString() {
            return "rss(" + interfaceName + ")";
        }
    }

    /** {@link #portBits(String, int, int)}. */
    record PortBitsOf(String interfaceName, int firstPort, int portCount) implements FlowDelivery {
        private static final int PORT_MIN = 1024;
        private static final int PORTS_END = 65536;

        public PortBitsOf {
            Objects.requireNonNull(interfaceName, "interfaceName");
            if (firstPort < PORT_MIN || portCount < 1 || firstPort + portCount > PORTS_END) {
                throw new IllegalArgumentException("flow delivery by port bits failed on " + interfaceName
                        + ": firstPort=" + firstPort + ", portCount=" + portCount + " (expected a range within "
                        + PORT_MIN + ".." + (PORTS_END - 1)
                        + "): no other ports can be had without privilege; fix: give a"
                        + " free range, such as 40960 and 8192");
            }
        }

        @Override
        public String toString() {
            return "port-bits(" + interfaceName + ", " + firstPort + "-" + (firstPort + portCount - 1) + ")";
        }
    }
}
