package io.fastsocket.examples.upstream;

import java.util.concurrent.atomic.AtomicLong;

/** The counts behind {@link PoolStats}: written by one event loop, read by any thread. */
final class PoolCounters {
    final AtomicLong hits = new AtomicLong();
    final AtomicLong misses = new AtomicLong();
    final AtomicLong expired = new AtomicLong();
    final AtomicLong lost = new AtomicLong();
    final AtomicLong discarded = new AtomicLong();

    PoolStats stats() {
        return new PoolStats(hits.get(), misses.get(), expired.get(), lost.get(), discarded.get());
    }

    /** One more, by the one loop that writes: no locked instruction. */
    static void count(AtomicLong counter) {
        counter.lazySet(counter.get() + 1);
    }
}
