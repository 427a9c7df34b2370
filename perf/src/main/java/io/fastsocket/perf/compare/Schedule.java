package io.fastsocket.perf.compare;

/**
 * How long a comparison goes on.
 *
 * @param warmupSeconds load on each server before the first round of a kind of work, at most: until the rate has settled; the
 *     JIT compilers need 12 at a high rate, and 30 behind a proxy's low one
 * @param rounds rounds of each kind of work, at least 1
 * @param roundSeconds load on each server in a round, at least 1
 */
public record Schedule(int warmupSeconds, int rounds, int roundSeconds) {
    public Schedule {
        if (warmupSeconds < 0 || rounds < 1 || roundSeconds < 1) {
            throw new IllegalArgumentException("cannot schedule: warmup=" + warmupSeconds + ", rounds=" + rounds
                    + ", seconds=" + roundSeconds + " (expected warmup >= 0, rounds >= 1, seconds >= 1)");
        }
    }

    /** Time under load for a number of pairs of servers and kinds of work, seconds, at most. */
    public long totalSeconds(long pairs) {
        return pairs * (warmupSeconds + (long) rounds * roundSeconds);
    }
}
