package io.fastsocket.perf.load;

import io.fastsocket.affinity.cli.TextTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A report as lines for people and as a JSON object. */
public final class LoadReportText {
    private static final double NANOS_PER_MICRO = 1e3;

    private LoadReportText() {}

    /** The lines, without a line break at their end. */
    public static String text(LoadReport report) {
        List<String> lines = new ArrayList<>();
        lines.add(format(
                "%.0f requests/s: %d answered of %d in %.2f s, %d bytes, %d connections opened",
                report.requestsPerSecond(),
                report.answered(),
                report.begun(),
                report.seconds(),
                report.bytes(),
                report.connects()));
        lines.add(latencies(report));
        lines.add("errors: " + errors(report));
        LoadReport.Schedule schedule = report.schedule();
        lines.add(format(
                "late: %d over 1 ms, of these %d for want of a free connection, %d never begun; slow connects: %d",
                schedule.late(), schedule.lateForConnection(), schedule.missed(), report.slowConnects()));
        lines.add("busy: "
                + report.loops().stream()
                        .map(loop -> format("loop %d (CPU %s) %.2f", loop.loop(), cpu(loop), loop.busyShare()))
                        .collect(Collectors.joining(", ")));
        if (report.warmUp().failed() > 0) {
            lines.add(format(
                    "warm-up: %d of %d failed: %s",
                    report.warmUp().failed(),
                    report.warmUp().begun(),
                    report.warmUp().firstFailures()));
        }
        report.warnings().forEach(warning -> lines.add("WARN " + warning));
        return String.join(System.lineSeparator(), lines);
    }

    private static String latencies(LoadReport report) {
        TextTable table = TextTable.ofNumbers("latency, us", "min", "mean", "p50", "p90", "p99", "p99.9", "max");
        row(table, "from due", report.latency());
        row(table, "from begin", report.latencyFromBegin());
        return table.toString();
    }

    private static void row(TextTable table, String name, LatencyNanos latency) {
        List<Object> cells = new ArrayList<>(List.of(name));
        micros(latency).values().forEach(micros -> cells.add(format("%.0f", micros)));
        table.row(cells.toArray());
    }

    private static String errors(LoadReport report) {
        if (report.failed() == 0) {
            return "none";
        }
        return report.errors().entrySet().stream()
                .filter(error -> error.getValue() > 0)
                .map(error -> error.getKey() + " " + error.getValue() + " ("
                        + report.firstFailures().get(error.getKey()) + ")")
                .collect(Collectors.joining(", "));
    }

    /** For JSON: counts, times in microseconds, and every kind of error. */
    public static Map<String, Object> figures(LoadReport report) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("seconds", report.seconds());
        figures.put("requestsPerSecond", report.requestsPerSecond());
        figures.put("begun", report.begun());
        figures.put("written", report.written());
        figures.put("answered", report.answered());
        figures.put("bytes", report.bytes());
        figures.put("latencyMicros", micros(report.latency()));
        figures.put("latencyFromBeginMicros", micros(report.latencyFromBegin()));
        figures.put("errors", report.errors());
        figures.put("firstFailures", report.firstFailures());
        figures.put("connects", report.connects());
        figures.put("slowConnects", report.slowConnects());
        figures.put("schedule", schedule(report.schedule()));
        figures.put("warmUp", report.warmUp());
        figures.put("loops", report.loops());
        figures.put("warnings", report.warnings());
        return figures;
    }

    private static Map<String, Object> schedule(LoadReport.Schedule schedule) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("late", schedule.late());
        object.put("lateForConnection", schedule.lateForConnection());
        object.put("ownLateMicrosMax", schedule.ownLateNanosMax() / NANOS_PER_MICRO);
        object.put("missed", schedule.missed());
        return object;
    }

    private static Map<String, Double> micros(LatencyNanos latency) {
        Map<String, Double> micros = new LinkedHashMap<>();
        micros.put("min", latency.min() / NANOS_PER_MICRO);
        micros.put("mean", latency.mean() / NANOS_PER_MICRO);
        micros.put("p50", latency.p50() / NANOS_PER_MICRO);
        micros.put("p90", latency.p90() / NANOS_PER_MICRO);
        micros.put("p99", latency.p99() / NANOS_PER_MICRO);
        micros.put("p99.9", latency.p999() / NANOS_PER_MICRO);
        micros.put("max", latency.max() / NANOS_PER_MICRO);
        return micros;
    }

    private static String cpu(LoadReport.LoopShare loop) {
        return loop.cpu() < 0 ? "any" : Integer.toString(loop.cpu());
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
