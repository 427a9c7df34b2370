package io.fastsocket.perf.cli;

import io.fastsocket.perf.churn.ChurnRun;
import io.fastsocket.perf.churn.Footprint;
import io.fastsocket.perf.report.TextTable;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A run of short connections as a table and as a JSON object. */
final class ChurnReport {
    private static final double MEBIBYTE = 1 << 20;

    private ChurnReport() {}

    static String table(ChurnRun.Result result) {
        TextTable table = new TextTable("connections", "open files", "heap MiB", "direct MiB", "resident MiB");
        for (Footprint footprint : result.footprints()) {
            table.row(
                    Long.toString(footprint.connections()),
                    Integer.toString(footprint.openFiles()),
                    mebibytes(footprint.heapBytes()),
                    mebibytes(footprint.directBytes()),
                    mebibytes(footprint.residentBytes()));
        }
        StringBuilder text = new StringBuilder(table.toString());
        text.append(String.format(
                Locale.ROOT,
                "%d connections in %.1f s of load (%.0f/s), %d failed%n",
                result.tally().succeeded(),
                result.loadSeconds(),
                result.tally().succeeded() / result.loadSeconds(),
                result.tally().failed()));
        result.tally().failures().forEach((cause, count) -> text.append(count + " x " + cause + "\n"));
        result.violations().forEach(violation -> text.append("growth: " + violation + "\n"));
        text.append(result.passed() ? "passed\n" : "FAILED\n");
        return text.toString();
    }

    static Map<String, Object> object(
            Map<String, Object> environment, Map<String, Object> options, ChurnRun.Result result) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("environment", environment);
        object.put("options", options);
        object.put("passed", result.passed());
        object.put("succeeded", result.tally().succeeded());
        object.put("failed", result.tally().failed());
        object.put("failures", result.tally().failures());
        object.put("violations", result.violations());
        object.put("loadSeconds", result.loadSeconds());
        object.put("connectionsPerSecond", result.tally().succeeded() / result.loadSeconds());
        object.put(
                "footprints",
                result.footprints().stream().map(ChurnReport::object).toList());
        return object;
    }

    private static Map<String, Object> object(Footprint footprint) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("connections", footprint.connections());
        object.put("openFiles", footprint.openFiles());
        object.put("heapBytes", footprint.heapBytes());
        object.put("directBytes", footprint.directBytes());
        object.put("residentBytes", footprint.residentBytes());
        return object;
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / MEBIBYTE);
    }
}
