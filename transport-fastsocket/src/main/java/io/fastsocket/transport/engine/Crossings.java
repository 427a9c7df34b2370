package io.fastsocket.transport.engine;

import java.util.stream.Stream;

/**
 * How often packets arrived at one loop's CPU for a connection that another loop had accepted or opened. Each loop counts
 * its own connections; any thread may read.
 */
public final class Crossings {
    private final PaddedCounters[] byLoop;

    public Crossings(int loops) {
        byLoop = Stream.generate(() -> new PaddedCounters(loops)).limit(loops).toArray(PaddedCounters[]::new);
    }

    /** Counts one connection. Called by {@code loop}. */
    public void count(int arrivedAt, int loop) {
        byLoop[loop].increment(arrivedAt);
    }

    /** The count so far; any thread may ask. */
    public long get(int arrivedAt, int loop) {
        return byLoop[loop].get(arrivedAt);
    }
}
