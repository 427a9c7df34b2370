package io.fastsocket.transport.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counters with one writer, an event loop, and any number of readers, who see values that only grow. An increment is a
 * plain load and an opaque store; the values stand apart from other loops' by a cache line pair on each side.
 */
public final class PaddedCounters {
    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);
    /** Two cache lines of longs, because processors fetch lines in pairs. */
    private static final int PADDING = 16;

    private final long[] values;

    /** @param size how many counters, all 0 */
    public PaddedCounters(int size) {
        values = new long[PADDING + size + PADDING];
    }

    /** Counts one event, of the counter from 0 on. Only the owning loop may call this. */
    public void increment(int counter) {
        int i = PADDING + counter;
        VALUE.setOpaque(values, i, values[i] + 1);
    }

    /** The count so far; any thread may ask. */
    public long get(int counter) {
        return (long) VALUE.getOpaque(values, PADDING + counter);
    }
}
