package io.fastsocket.transport.connect;

import io.fastsocket.affinity.system.SystemRoot;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which source ports of one local address this group uses, and for which destinations: a port may serve many destinations,
 * but each only once at a time. All loops share it without a lock.
 *
 * <p>connect(2) says only at the end, with EADDRNOTAVAIL, that somebody else holds the four-tuple, and Netty then closes the
 * channel. bind(2) can say it before: without SO_REUSEADDR it succeeds only where nothing at all uses the port, connections in
 * TIME_WAIT included. So the first of our connections on a port binds alone; from then on the kernel gives the port to nobody
 * else by itself, and what is on it is known here, so that the next ones may share it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7), SO_REUSEADDR</a>
 */
final class PortLeases {
    private static final int PORTS = 1 << 16;
    /** TCP_TIMEWAIT_LEN of net/tcp.h, and a second for the kernel's timers. */
    private static final Duration TIME_WAIT = Duration.ofSeconds(61);
    /** How long the last acknowledgement of a connection that the peer closed first may take before it can be in the way. */
    private static final Duration LAST_ACK = Duration.ofSeconds(1);
    /** Expired leases that one call clears away: more than it adds, so that they cannot pile up. */
    private static final int EXPIRED_PER_CALL = 4;

    private final ConcurrentHashMap<Use, PortLease> leases = new ConcurrentHashMap<>();
    /** Sockets of ours on each port, those in TIME_WAIT included. */
    private final AtomicIntegerArray sockets = new AtomicIntegerArray(PORTS);

    private final ConcurrentLinkedQueue<PortLease> lastAcks = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<PortLease> timeWaits = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean clearing = new AtomicBoolean();
    private final Duration timeWaitReusable;
    private final LongSupplier nanoTime;

    /** What a lease is for. */
    record Use(int port, InetSocketAddress remote) {}

    /**
     * @param timeWaitReusable after which time in TIME_WAIT the kernel lets the same four-tuple connect again
     * @param nanoTime the clock, as {@link System#nanoTime}
     */
    PortLeases(Duration timeWaitReusable, LongSupplier nanoTime) {
        this.timeWaitReusable = timeWaitReusable;
        this.nanoTime = nanoTime;
    }

    /**
     * What {@code net.ipv4.tcp_tw_reuse} allows; it needs {@code tcp_timestamps}.
     *
     * @see <a href="https://docs.kernel.org/networking/ip-sysctl.html">IP Sysctl, tcp_tw_reuse</a>
     */
    static Duration timeWaitReusable(SystemRoot root) {
        boolean reuse = sysctl(root, "tcp_tw_reuse").equals("1")
                && !sysctl(root, "tcp_timestamps").equals("0");
        // The kernel wants a whole second between the stamps.
        return reuse ? Duration.ofMillis(1100).plusMillis(reuseDelayMillis(root)) : TIME_WAIT;
    }

    private static long reuseDelayMillis(SystemRoot root) {
        String delay = sysctl(root, "tcp_tw_reuse_delay");
        return delay.matches("\\d{1,6}") ? Long.parseLong(delay) : 0;
    }

    private static String sysctl(SystemRoot root, String name) {
        return root.value("/proc/sys/net/ipv4/" + name).toOptional().orElse("").strip();
    }

    /** A lease for one connection, or null while the port is used, or may still be, for that destination. */
    @Nullable
    PortLease tryLease(int port, InetSocketAddress remote) {
        clearExpired();
        Use use = new Use(port, remote);
        PortLease before = leases.get(use);
        if (before == null) {
            PortLease lease = new PortLease(this, use, sockets.get(port) > 0);
            return leases.putIfAbsent(use, lease) == null ? lease : null;
        }
        boolean shared = sockets.get(port) > 0;
        if (!before.mayBeFollowed(nanoTime.getAsLong(), shared)) {
            return null;
        }
        PortLease lease = new PortLease(this, use, shared);
        return leases.replace(use, before, lease) ? lease : null;
    }

    void bound(PortLease lease) {
        sockets.incrementAndGet(lease.port());
    }

    /** The connection never was, or is gone without TIME_WAIT: the kernel may need a moment until it knows. */
    void ended(PortLease lease, boolean wasBound) {
        if (!wasBound) {
            leases.remove(lease.use(), lease);
            return;
        }
        sockets.decrementAndGet(lease.port());
        long gone = nanoTime.getAsLong() + LAST_ACK.toNanos();
        lease.keepUntil(gone, gone);
        lastAcks.add(lease);
    }

    /** The connection is in TIME_WAIT. */
    void waits(PortLease lease) {
        long now = nanoTime.getAsLong();
        lease.keepUntil(now + timeWaitReusable.toNanos(), now + TIME_WAIT.toNanos());
        timeWaits.add(lease);
    }

    private void clearExpired() {
        if ((lastAcks.isEmpty() && timeWaits.isEmpty()) || !clearing.compareAndSet(false, true)) {
            return;
        }
        try {
            long now = nanoTime.getAsLong();
            clearExpired(lastAcks, now, false);
            clearExpired(timeWaits, now, true);
        } finally {
            clearing.set(false);
        }
    }

    private void clearExpired(ConcurrentLinkedQueue<PortLease> queue, long now, boolean counted) {
        for (int i = 0; i < EXPIRED_PER_CALL; i++) {
            PortLease head = queue.peek();
            if (head == null || !head.isGone(now)) {
                return;
            }
            queue.poll();
            leases.remove(head.use(), head);
            if (counted) {
                sockets.decrementAndGet(head.port());
            }
        }
    }

    /** Leases that are held, those of connections that have ended a moment ago included. */
    int size() {
        return leases.size();
    }
}
