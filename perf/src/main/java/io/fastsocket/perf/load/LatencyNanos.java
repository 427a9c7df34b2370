package io.fastsocket.perf.load;

import org.HdrHistogram.Histogram;

/**
 * How long requests took, in nanoseconds, within 0.1 % or 1 microsecond, whichever is more. All are 0 without a request.
 *
 * @param requests how many
 */
public record LatencyNanos(long requests, long min, double mean, long p50, long p90, long p99, long p999, long max) {
    static LatencyNanos of(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return new LatencyNanos(0, 0, 0, 0, 0, 0, 0, 0);
        }
        return new LatencyNanos(
                histogram.getTotalCount(),
                histogram.getMinValue(),
                histogram.getMean(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }
}
