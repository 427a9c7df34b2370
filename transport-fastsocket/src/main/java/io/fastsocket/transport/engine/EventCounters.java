package io.fastsocket.transport.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counters with one writer, an event loop, and any number of readers, who see values that only grow. An increment is a
 * plain load and an opaque store; the values stand apart from other loops' by a cache line on each side.
 *
 * @param <E> the enum whose constants name the counters
 */
public final class EventCounters<E extends Enum<E>> {
    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);
    /** Two cache lines of longs, because processors fetch lines in pairs. */
    private static final int PADDING = 16;

    private final long[] values;

    public EventCounters(Class<E> events) {
        values = new long[PADDING + events.getEnumConstants().length + PADDING];
    }

    /** Counts one event. Only the owning loop may call this. */
    public void increment(E event) {
        int i = PADDING + event.ordinal();
        VALUE.setOpaque(values, i, values[i] + 1);
    }

    /** The count so far; any thread may ask. */
    public long get(E event) {
        return (long) VALUE.getOpaque(values, PADDING + event.ordinal());
    }
}
