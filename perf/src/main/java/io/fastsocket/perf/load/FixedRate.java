package io.fastsocket.perf.load;

/**
 * One loop's share of a schedule that is fixed before the first request: request n of all loops is due n intervals after the start,
 * and the loops take them in turn. No delay moves what comes after it.
 */
final class FixedRate implements Pace {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long startNanos;
    private final double requestsPerSecond;
    private final int loops;
    private final int loopIndex;
    private long turn;

    FixedRate(long startNanos, double requestsPerSecond, int loops, int loopIndex) {
        this.startNanos = startNanos;
        this.requestsPerSecond = requestsPerSecond;
        this.loops = loops;
        this.loopIndex = loopIndex;
    }

    @Override
    public long dueNanos(long nowNanos) {
        return dueNanosOf(turn);
    }

    /** From its number and not from the one before, so that rounding does not add up. */
    private long dueNanosOf(long ofTurn) {
        double request = (double) ofTurn * loops + loopIndex;
        return startNanos + (long) (request * NANOS_PER_SECOND / requestsPerSecond);
    }

    @Override
    public void taken() {
        turn++;
    }

    @Override
    public long missedBefore(long endNanos) {
        double requestsBefore = (endNanos - startNanos) * requestsPerSecond / NANOS_PER_SECOND;
        long turnsBefore = Math.max(0, (long) Math.ceil((requestsBefore - loopIndex) / loops));
        // The division above rounds, and so does the schedule.
        while (turnsBefore > turn && dueNanosOf(turnsBefore - 1) - endNanos >= 0) {
            turnsBefore--;
        }
        return Math.max(0, turnsBefore - turn);
    }
}
