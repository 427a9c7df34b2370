package io.fastsocket.perf.churn;

import java.util.Map;
import java.util.TreeMap;

/**
 * How a number of connections went.
 *
 * @param succeeded connections with a whole response
 * @param failures the others, counted by what went wrong
 */
public record ChurnTally(long succeeded, Map<String, Long> failures) {
    static final ChurnTally NONE = new ChurnTally(0, Map.of());

    public ChurnTally {
        failures = Map.copyOf(failures);
    }

    /** The number of connections that failed. */
    public long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Both together. */
    public ChurnTally plus(ChurnTally other) {
        Map<String, Long> sum = new TreeMap<>(failures);
        other.failures.forEach((cause, count) -> sum.merge(cause, count, Long::sum));
        return new ChurnTally(succeeded + other.succeeded, sum);
    }
}
