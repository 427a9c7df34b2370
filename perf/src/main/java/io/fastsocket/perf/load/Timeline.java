package io.fastsocket.perf.load;

/**
 * The moments of a run, on the clock of {@link System#nanoTime}: the same for all loops.
 *
 * @param startNanos the first request is due
 * @param measureNanos the warm-up ends
 * @param endNanos no request is due any more
 */
record Timeline(long startNanos, long measureNanos, long endNanos) {
    static Timeline of(LoadBounds bounds, long startNanos) {
        long measureNanos = startNanos + bounds.warmUp().toNanos();
        return new Timeline(
                startNanos, measureNanos, measureNanos + bounds.duration().toNanos());
    }

    boolean isMeasured(long nanos) {
        return nanos - measureNanos >= 0;
    }

    boolean isOver(long nanos) {
        return nanos - endNanos >= 0;
    }
}
