package io.fastsocket.perf.cli;

import io.fastsocket.affinity.cli.TextTable;
import io.fastsocket.perf.compare.Aim;
import io.fastsocket.perf.compare.BenchResult;
import io.fastsocket.perf.compare.LatencyFigures;
import io.fastsocket.perf.compare.Measurement;
import io.fastsocket.perf.compare.ServerSummary;
import io.fastsocket.perf.compare.Spread;
import io.fastsocket.perf.inspect.Findings;
import io.fastsocket.perf.inspect.FunctionShare;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A comparison as a table and as a JSON object. */
final class BenchReport {
    private static final List<String> NOTES = List.of(
            "Load and servers share this machine's CPUs and talk over loopback: the figures compare servers, they are no"
                    + " network throughput.",
            "wrk cannot pin its threads: with pinLoad each CPU has a single-threaded wrk under taskset, and the sums are"
                    + " given. TLS and latency are by this project's own generator, a loop pinned to each CPU.",
            "A ratio is the server's figure over that of stock Netty on the same engine in the same round: median, minimum"
                    + " and maximum of the rounds; of five rounds, they are a 94 % interval of the median.",
            "The floor is a C program that does what cannot be left out, with a pinned thread and a steered listener for each"
                    + " CPU: its ratio says what this machine leaves possible.",
            "Latency counts from when a request was due, at 70 % of what the server answered the same generator at most.",
            "System calls, allocation and functions are of a load of their own, because watching costs time.",
            "CPU time is that of the whole server process, JIT compilers and garbage collector included.");

    /** The largest; the rest is in the sums by kind. */
    private static final int FUNCTIONS_MAX = 25;

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

    static Map<String, Object> figures(BenchResult result, List<ServerSummary> summaries) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put(
                "notes", Stream.concat(result.leftOut.stream(), NOTES.stream()).toList());
        figures.put("summary", summaries.stream().map(s -> object(s, result)).toList());
        figures.put("aims", Aim.of(result).stream().map(BenchReport::object).toList());
        figures.put("sweep", result.sweep);
        figures.put("storms", result.storms);
        figures.put("idle", result.idle);
        figures.put(
                "rounds", result.measurements.stream().map(BenchReport::object).toList());
        return figures;
    }

    private static Map<String, Object> object(Aim aim) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("what", aim.what());
        object.put("figure", aim.figure());
        object.put("operator", aim.atLeast() ? ">=" : "<=");
        object.put("aim", aim.limit());
        object.put("measured", aim.measured());
        object.put("met", aim.met());
        aim.floor().ifPresent(floor -> object.put("floor", floor));
        return object;
    }

    private static Map<String, Object> object(ServerSummary summary, BenchResult result) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("work", summary.work());
        object.put("server", summary.server());
        object.put("family", summary.server().family());
        object.put("requestsPerSecond", summary.requestsPerSecond());
        object.put("cpuMicrosPerRequest", summary.cpuMicrosPerRequest());
        object.put("contextSwitchesPerRequest", summary.contextSwitchesPerRequest());
        object.put("socketErrors", summary.socketErrors());
        object.put("statusErrors", summary.statusErrors());
        summary.againstStock().ifPresent(ratios -> {
            object.put("requestsPerSecondOverStock", ratios.requestsPerSecond());
            object.put("cpuMicrosPerRequestOverStock", ratios.cpuMicrosPerRequest());
        });
        result.latencies.stream()
                .filter(latency -> latency.work() == summary.work() && latency.server() == summary.server())
                .forEach(latency -> object.put("latency", object(latency)));
        result.inspections.stream()
                .filter(inspection -> inspection.work() == summary.work() && inspection.server() == summary.server())
                .forEach(inspection -> putFindings(inspection.findings(), object));
        return object;
    }

    private static Map<String, Object> object(LatencyFigures latency) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("maximum", latency.maximum());
        object.put("ratePerSecond", latency.ratePerSecond());
        object.put("micros", latency.micros());
        object.put("errors", latency.errors());
        return object;
    }

    private static void putFindings(Findings findings, Map<String, Object> object) {
        object.put("syscallsPerRequest", findings.perRequest(findings.systemCalls()));
        object.put("ioUringEntersPerRequest", findings.perRequest(findings.enterCalls()));
        object.put("allocatedBytesPerRequest", findings.perRequest(findings.allocatedBytes()));
        object.put("gcPauseMillisPerSecond", findings.gcPauseMillisPerSecond());
        List<FunctionShare> functions = findings.functions();
        Map<FunctionShare.Kind, Double> kinds = functions.stream()
                .collect(Collectors.groupingBy(
                        FunctionShare::kind,
                        () -> new EnumMap<>(FunctionShare.Kind.class),
                        Collectors.summingDouble(FunctionShare::share)));
        object.put("cpuByKind", kinds);
        object.put("functions", functions.stream().limit(FUNCTIONS_MAX).toList());
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
