package io.fastsocket.transport.engine;

import java.util.concurrent.atomic.AtomicLongArray;

/** How often a group could not have a rung of one part of the ladder, by cause. Rare; safe for use by any thread. */
public final class StepsDown {
    private final AtomicLongArray counts = new AtomicLongArray(StepDownCause.values().length);

    /** One rung less. */
    public void count(StepDownCause cause) {
        counts.incrementAndGet(cause.ordinal());
    }

    /** The count so far. */
    public long get(StepDownCause cause) {
        return counts.get(cause.ordinal());
    }
}
