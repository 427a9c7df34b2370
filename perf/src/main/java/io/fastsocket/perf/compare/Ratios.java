package io.fastsocket.perf.compare;

import io.fastsocket.perf.server.ServerKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * One server's figures over another's. Each is the spread of the quotients within a round, so that a disturbance that lasts
 * longer than a round touches both sides of it. With five rounds, the smallest and the largest quotient are an interval that
 * holds the median of all such quotients with a probability of 1 - 2 / 2^5, 94 %, whatever their distribution.
 */
public record Ratios(Spread requestsPerSecond, Spread cpuMicrosPerRequest) {
    /** The ratios of two servers at one kind of work; empty without a round of both. */
    static Optional<Ratios> of(List<Measurement> measurements, Work work, ServerKind one, ServerKind other) {
        Map<Integer, Measurement> others = measurements.stream()
                .filter(m -> m.work() == work && m.server() == other)
                .collect(Collectors.toMap(Measurement::round, Function.identity()));
        List<Measurement> own = measurements.stream()
                .filter(m -> m.work() == work && m.server() == one && others.containsKey(m.round()))
                .toList();
        if (own.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Ratios(
                quotients(own, others, m -> m.load().requestsPerSecond()),
                quotients(own, others, Measurement::cpuMicrosPerRequest)));
    }

    private static Spread quotients(
            List<Measurement> own, Map<Integer, Measurement> others, ToDoubleFunction<Measurement> figure) {
        List<Double> quotients = new ArrayList<>();
        for (Measurement measurement : own) {
            double other = figure.applyAsDouble(others.get(measurement.round()));
            quotients.add(figure.applyAsDouble(measurement) / other);
        }
        return Spread.of(quotients);
    }
}
