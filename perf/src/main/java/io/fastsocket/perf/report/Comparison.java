package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastsocket.perf.compare.Spread;
import java.util.List;
import java.util.Optional;

/**
 * A server of this project against stock Netty on the same engine, at one kind of work.
 *
 * @param rate requests per second over stock's
 * @param cpu CPU time per request over stock's
 */
record Comparison(String work, Server server, Optional<Spread> rate, Optional<Spread> cpu) {
    /** All of them, by kind of work, the fastest first. */
    static List<Comparison> of(Results results) {
        return results.works().stream()
                .flatMap(work -> results.summaries(work).stream())
                .map(row -> of(results, row))
                .filter(comparison ->
                        comparison.rate().isPresent() || comparison.cpu().isPresent())
                .toList();
    }

    private static Comparison of(Results results, JsonNode row) {
        return new Comparison(
                Fields.text(row.path("work")),
                results.server(row),
                Fields.spread(row.path("requestsPerSecondOverStock")),
                Fields.spread(row.path("cpuMicrosPerRequestOverStock")));
    }
}
