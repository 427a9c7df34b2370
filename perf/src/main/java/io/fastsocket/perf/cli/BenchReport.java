package io.fastsocket.perf.cli;

import io.fastsocket.affinity.cli.TextTable;
import io.fastsocket.perf.compare.Measurement;
import io.fastsocket.perf.compare.ServerSummary;
import io.fastsocket.perf.compare.Spread;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A comparison as a table and as a JSON object. */
final class BenchReport {
    private static final List<String> NOTES = List.of(
            "Load and servers share this machine's CPUs and talk over loopback: the figures compare servers, they are no"
                    + " network throughput.",
            "wrk cannot pin its threads: with pinLoad each CPU has a single-threaded wrk under taskset, and the sums are"
                    + " given.",
            "A ratio is the server's figure over that of stock Netty on the same engine in the same round: median, minimum"
                    + " and maximum of the rounds.",
            "CPU time is that of the whole server process, JIT compilers and garbage collector included.");

    private BenchReport() {}

    static String table(List<ServerSummary> summaries) {
        TextTable table = TextTable.ofNumbers(
                "work / server",
                "requests/s",
                "(range)",
                "us CPU/request",
                "(range)",
                "switches/request",
                "rate/stock",
                "(range)",
                "CPU/stock",
                "(range)",
                "errors");
        for (ServerSummary summary : summaries) {
            Spread rate = summary.requestsPerSecond();
            Spread cpu = summary.cpuMicrosPerRequest();
            table.row(
                    summary.work() + " " + summary.server(),
                    format("%.0f", rate.median()),
                    range("%.0f", rate),
                    format("%.2f", cpu.median()),
                    range("%.2f", cpu),
                    format("%.2f", summary.contextSwitchesPerRequest().median()),
                    summary.againstStock()
                            .map(r -> format("%.2f", r.requestsPerSecond().median()))
                            .orElse("-"),
                    summary.againstStock()
                            .map(r -> range("%.2f", r.requestsPerSecond()))
                            .orElse("-"),
                    summary.againstStock()
                            .map(r -> format("%.2f", r.cpuMicrosPerRequest().median()))
                            .orElse("-"),
                    summary.againstStock()
                            .map(r -> range("%.2f", r.cpuMicrosPerRequest()))
                            .orElse("-"),
                    summary.socketErrors() + summary.statusErrors());
        }
        return table.toString();
    }

    static Map<String, Object> figures(List<Measurement> measurements, List<ServerSummary> summaries) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("notes", NOTES);
        figures.put("summary", summaries.stream().map(BenchReport::object).toList());
        figures.put("rounds", measurements.stream().map(BenchReport::object).toList());
        return figures;
    }

    private static Map<String, Object> object(ServerSummary summary) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("work", summary.work());
        object.put("server", summary.server());
        object.put("requestsPerSecond", summary.requestsPerSecond());
        object.put("cpuMicrosPerRequest", summary.cpuMicrosPerRequest());
        object.put("contextSwitchesPerRequest", summary.contextSwitchesPerRequest());
        object.put("socketErrors", summary.socketErrors());
        object.put("statusErrors", summary.statusErrors());
        summary.againstStock().ifPresent(ratios -> {
            object.put("requestsPerSecondOverStock", ratios.requestsPerSecond());
            object.put("cpuMicrosPerRequestOverStock", ratios.cpuMicrosPerRequest());
        });
        return object;
    }

    private static Map<String, Object> object(Measurement measurement) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("work", measurement.work());
        object.put("round", measurement.round());
        object.put("server", measurement.server());
        object.put("requestsPerSecond", measurement.load().requestsPerSecond());
        object.put("requests", measurement.load().requests());
        object.put("socketErrors", measurement.load().socketErrors());
        object.put("statusErrors", measurement.load().statusErrors());
        object.put("userMicros", measurement.usage().userMicros());
        object.put("systemMicros", measurement.usage().systemMicros());
        object.put("contextSwitches", measurement.usage().contextSwitches());
        object.put("cpuMicrosPerRequest", measurement.cpuMicrosPerRequest());
        return object;
    }

    private static String range(String pattern, Spread spread) {
        return "(" + format(pattern, spread.min()) + ".." + format(pattern, spread.max()) + ")";
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
