package io.fastsocket.perf.compare;

import io.fastsocket.perf.load.LoadBounds;
import io.fastsocket.perf.load.LoadPlan;
import io.fastsocket.perf.load.LoadReport;
import io.fastsocket.perf.server.ServerKind;
import io.fastsocket.perf.server.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Latency of servers side by side, each at the same part of its own maximum. They have been warmed up before. */
final class LatencyProbe {
    /** Of a server's maximum: busy, and with room for what comes in bursts. */
    private static final double LOAD_SHARE = 0.7;

    private final GeneratorLoad load;
    private final Consumer<String> progress;

    LatencyProbe(GeneratorLoad load, Consumer<String> progress) {
        this.load = load;
        this.progress = progress;
    }

    List<LatencyFigures> run(Map<ServerKind, ServerProcess> servers, Work work, Schedule schedule)
            throws IOException, InterruptedException {
        List<Candidate> order = new ArrayList<>();
        for (Map.Entry<ServerKind, ServerProcess> each : new TreeMap<>(servers).entrySet()) {
            double maximum =
                    at(each.getValue(), work, LoadPlan.CLOSED_LOOP, schedule).requestsPerSecond();
            order.add(new Candidate(each.getKey(), each.getValue(), maximum, new ArrayList<>()));
        }
        for (int round = 1; round <= schedule.rounds(); round++) {
            for (Candidate candidate : SideBySide.rotated(order, round - 1)) {
                LoadReport report = at(candidate.process, work, LOAD_SHARE * candidate.maximum, schedule);
                candidate.reports.add(report);
                progress.accept(String.format(
                        "%s: latency: round %d of %d: %s p99 %d us at %.0f requests/s",
                        work,
                        round,
                        schedule.rounds(),
                        candidate.kind,
                        TimeUnit.NANOSECONDS.toMicros(report.latency().p99()),
                        report.requestsPerSecond()));
            }
        }
        return order.stream().map(candidate -> candidate.figures(work)).toList();
    }

    private LoadReport at(ServerProcess server, Work work, double rate, Schedule schedule)
            throws IOException, InterruptedException {
        LoadBounds bounds =
                LoadBounds.of(Duration.ofSeconds(schedule.roundSeconds())).withWarmUp(Duration.ofSeconds(1));
        LoadReport report = load.atRate(server.address(), work, rate, bounds);
        server.requireAlive();
        return report;
    }

    private record Candidate(ServerKind kind, ServerProcess process, double maximum, List<LoadReport> reports) {
        LatencyFigures figures(Work work) {
            return new LatencyFigures(
                    work,
                    kind,
                    maximum,
                    LOAD_SHARE * maximum,
                    LatencyFigures.Percentiles.of(
                            reports.stream().map(LoadReport::latency).toList()),
                    reports.stream().mapToLong(LoadReport::failed).sum());
        }
    }
}
