package io.fastsocket.perf.compare;

import io.fastsocket.perf.load.LatencyNanos;
import io.fastsocket.perf.server.ServerKind;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/**
 * How long a server takes to answer at a part of its own maximum: medians over rounds.
 *
 * @param maximum requests per second of the same generator's closed loop
 * @param ratePerSecond the rate at which requests were due
 * @param micros of requests from when they were due
 * @param errors requests of all rounds that were not answered as they should be
 */
public record LatencyFigures(
        Work work, ServerKind server, double maximum, double ratePerSecond, Percentiles micros, long errors) {
    /** Latencies in microseconds. */
    public record Percentiles(Spread p50, Spread p90, Spread p99, Spread p999, Spread max) {
        static Percentiles of(List<LatencyNanos> rounds) {
            return new Percentiles(
                    spread(rounds, LatencyNanos::p50),
                    spread(rounds, LatencyNanos::p90),
                    spread(rounds, LatencyNanos::p99),
                    spread(rounds, LatencyNanos::p999),
                    spread(rounds, LatencyNanos::max));
        }

        private static Spread spread(List<LatencyNanos> rounds, ToLongFunction<LatencyNanos> nanos) {
            double micro = TimeUnit.MICROSECONDS.toNanos(1);
            return Spread.of(rounds.stream()
                    .map(round -> nanos.applyAsLong(round) / micro)
                    .toList());
        }
    }
}
