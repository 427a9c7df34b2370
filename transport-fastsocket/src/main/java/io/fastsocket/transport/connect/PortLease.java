package io.fastsocket.transport.connect;

import java.util.concurrent.atomic.AtomicBoolean;

/** The right to connect from one port to one destination, until it is released. */
final class PortLease {
    private final PortLeases owner;
    private final PortLeases.Use use;
    private final boolean shared;
    private final AtomicBoolean released = new AtomicBoolean();
    private volatile boolean bound;
    /** Set when the connection has ended: from when on another may follow, and when nothing is left of it. */
    private volatile boolean over;

    private volatile boolean timeWait;
    private long reusableAtNanos;
    private long goneAtNanos;

    PortLease(PortLeases owner, PortLeases.Use use, boolean shared) {
        this.owner = owner;
        this.use = use;
        this.shared = shared;
    }

    PortLeases.Use use() {
        return use;
    }

    int port() {
        return use.port();
    }

    /** Whether sockets of ours are on the port already: then bind with SO_REUSEADDR, else alone. */
    boolean isShared() {
        return shared;
    }

    /** bind(2) has given the port to this lease. */
    void bound() {
        bound = true;
        owner.bound(this);
    }

    /**
     * Gives the port back; a second time does nothing.
     *
     * @param timeWait whether our end closed first, so that the kernel keeps the connection in TIME_WAIT
     */
    void release(boolean timeWait) {
        if (!released.compareAndSet(false, true)) {
            return;
        }
        if (timeWait && bound) {
            this.timeWait = true;
            owner.waits(this);
        } else {
            owner.ended(this, bound);
        }
    }

    void keepUntil(long reusableAtNanos, long goneAtNanos) {
        this.reusableAtNanos = reusableAtNanos;
        this.goneAtNanos = goneAtNanos;
        over = true;
    }

    /**
     * Whether the same four-tuple may be tried again: after TIME_WAIT, or after the last acknowledgement; before that only where
     * a bind without SO_REUSEADDR asks the kernel.
     */
    boolean mayBeFollowed(long nowNanos, boolean portIsShared) {
        if (!over) {
            return false;
        }
        return nowNanos - reusableAtNanos >= 0 || (!timeWait && !portIsShared);
    }

    boolean isGone(long nowNanos) {
        return over && nowNanos - goneAtNanos >= 0;
    }
}
