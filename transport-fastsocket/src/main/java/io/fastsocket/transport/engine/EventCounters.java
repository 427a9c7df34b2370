package io.fastsocket.transport.engine;

/**
 * {@link PaddedCounters} by name.
 *
 * @param <E> the enum whose constants name the counters
 */
public final class EventCounters<E extends Enum<E>> {
    private final PaddedCounters counts;

    public EventCounters(Class<E> events) {
        counts = new PaddedCounters(events.getEnumConstants().length);
    }

    /** Counts one event. Only the owning loop may call this. */
    public void increment(E event) {
        counts.increment(event.ordinal());
    }

    /** The count so far; any thread may ask. */
    public long get(E event) {
        return counts.get(event.ordinal());
    }
}
