package io.fastsocket.perf.load;

/** A request is due whenever a connection is free for it. */
final class ClosedLoop implements Pace {
    @Override
    public long dueNanos(long nowNanos) {
        return nowNanos;
    }

    @Override
    public void taken() {
        // There is always a next one.
    }

    @Override
    public long missedBefore(long endNanos) {
        return 0;
    }
}
