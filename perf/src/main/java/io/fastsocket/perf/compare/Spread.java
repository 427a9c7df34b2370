package io.fastsocket.perf.compare;

import java.util.Collection;

/** The middle and the ends of a few readings. With an even number of them the middle is the mean of the middle two. */
public record Spread(double median, double min, double max) {
    /**
     * The spread of readings in any order.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Spread of(Collection<Double> readings) {
        if (readings.isEmpty()) {
            throw new IllegalArgumentException("cannot take a median: readings=0 (expected at least 1)");
        }
        double[] sorted =
                readings.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** Each of the three over a number. */
    Spread over(double divisor) {
        return new Spread(median / divisor, min / divisor, max / divisor);
    }
}
