package io.fastsocket.perf.compare;

import io.fastsocket.perf.server.ServerKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What all rounds say about one server at one kind of work.
 *
 * @param socketErrors socket errors of all rounds together
 * @param statusErrors responses of all rounds that were neither 2xx nor 3xx
 * @param againstStock the comparison with the stock server on the same engine, if that was measured too
 */
public record ServerSummary(
        Work work,
        ServerKind server,
        Spread requestsPerSecond,
        Spread cpuMicrosPerRequest,
        Spread contextSwitchesPerRequest,
        long socketErrors,
        long statusErrors,
        Optional<Ratios> againstStock) {
    /** Sums up every pair of work and server, in the order in which they first appear. */
    public static List<ServerSummary> of(List<Measurement> measurements) {
        List<ServerSummary> summaries = new ArrayList<>();
        for (Work work : measurements.stream().map(Measurement::work).distinct().toList()) {
            List<Measurement> ofWork =
                    measurements.stream().filter(m -> m.work() == work).toList();
            for (ServerKind server :
                    ofWork.stream().map(Measurement::server).distinct().sorted().toList()) {
                summaries.add(summarise(work, server, ofWork));
            }
        }
        return summaries;
    }

    private static ServerSummary summarise(Work work, ServerKind server, List<Measurement> ofWork) {
        List<Measurement> own = of(server, ofWork);
        Optional<Ratios> againstStock = server.stockTwin().flatMap(twin -> Ratios.of(ofWork, work, server, twin));
        return new ServerSummary(
                work,
                server,
                spread(own, m -> m.load().requestsPerSecond()),
                spread(own, Measurement::cpuMicrosPerRequest),
                spread(own, Measurement::contextSwitchesPerRequest),
                own.stream().mapToLong(m -> m.load().socketErrors()).sum(),
                own.stream().mapToLong(m -> m.load().statusErrors()).sum(),
                againstStock);
    }

    private static List<Measurement> of(ServerKind server, List<Measurement> measurements) {
        return measurements.stream().filter(m -> m.server() == server).toList();
    }

    private static Spread spread(List<Measurement> measurements, ToDoubleFunction<Measurement> figure) {
        return Spread.of(measurements.stream().mapToDouble(figure).boxed().toList());
    }
}
