package io.fastsocket.transport.metrics;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Maximum over mean of what counters of loops grew by in the last minute, or since the first look. Looks are taken when it is
 * asked, at most one a second. Safe for use by any thread.
 */
final class Imbalance {
    private static final long WINDOW_NANOS = 60_000_000_000L;
    private static final long LOOK_NANOS = 1_000_000_000L;

    private final Supplier<long[]> counts;
    private final LongSupplier nanoTime;
    /** Oldest first; the oldest is the last one that is not within the window, if there is one. */
    private final Deque<Look> looks = new ArrayDeque<>();

    private static final class Look {
        private final long nanos;
        private final long[] counts;

        Look(long nanos, long[] counts) {
            this.nanos = nanos;
            this.counts = counts;
        }
    }

    /** @param counts by loop, never falling */
    Imbalance(Supplier<long[]> counts, LongSupplier nanoTime) {
        this.counts = counts;
        this.nanoTime = nanoTime;
        looks.add(new Look(nanoTime.getAsLong(), counts.get()));
    }

    synchronized double get() {
        Look now = new Look(nanoTime.getAsLong(), counts.get());
        if (now.nanos - looks.getLast().nanos >= LOOK_NANOS) {
            looks.add(now);
        }
        while (looks.size() > 1 && now.nanos - second().nanos >= WINDOW_NANOS) {
            looks.removeFirst();
        }
        long[] grown = now.counts.clone();
        for (int i = 0; i < grown.length; i++) {
            grown[i] -= looks.getFirst().counts[i];
        }
        return of(grown);
    }

    private Look second() {
        var iterator = looks.iterator();
        iterator.next();
        return iterator.next();
    }

    /** Maximum over mean; NaN when all are 0. */
    static double of(long[] values) {
        long sum = 0;
        long max = 0;
        for (long value : values) {
            sum += value;
            max = Math.max(max, value);
        }
        return sum == 0 ? Double.NaN : (double) max * values.length / sum;
    }
}
