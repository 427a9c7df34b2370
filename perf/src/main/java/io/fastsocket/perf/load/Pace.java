package io.fastsocket.perf.load;

/** When the requests of one loop are to begin. Used by that loop alone. */
interface Pace {
    /** When the next request is due, which may be over; on the clock of {@code nowNanos}. */
    long dueNanos(long nowNanos);

    /** The request that was due has begun. */
    void taken();

    /** Requests due before {@code endNanos} that have not begun. */
    long missedBefore(long endNanos);
}
