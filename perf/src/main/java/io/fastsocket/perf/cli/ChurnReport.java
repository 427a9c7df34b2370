package io.fastsocket.perf.cli;

import io.fastsocket.affinity.cli.TextTable;
import io.fastsocket.perf.churn.ChurnRun;
import io.fastsocket.perf.churn.Footprint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A run of short connections as a table and as a JSON object. */
final class ChurnReport {
    private static final double MEBIBYTE = 1 << 20;

    private ChurnReport() {}

    static String text(ChurnRun.Result result) {
        TextTable table = TextTable.ofNumbers("connections", "open files", "heap MiB", "direct MiB", "resident MiB");
        for (Footprint footprint : result.footprints()) {
            table.row(
                    footprint.connections(),
                    footprint.openFiles(),
                    mebibytes(footprint.heapBytes()),
                    mebibytes(footprint.directBytes()),
                    mebibytes(footprint.residentBytes()));
        }
        List<String> lines = new ArrayList<>();
        lines.add(table.toString());
        lines.add(String.format(
                Locale.ROOT,
                "%d connections in %.1f s of load (%.0f/s), %d failed",
                result.tally().succeeded(),
                result.loadSeconds(),
                result.tally().succeeded() / result.loadSeconds(),
                result.tally().failed()));
        result.tally().failures().forEach((cause, count) -> lines.add(count + " x " + cause));
        result.violations().forEach(violation -> lines.add("growth: " + violation));
        lines.add(result.passed() ? "passed" : "FAILED");
        return String.join(System.lineSeparator(), lines);
    }

    static Map<String, Object> figures(ChurnRun.Result result) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("passed", result.passed());
        figures.put("succeeded", result.tally().succeeded());
        figures.put("failed", result.tally().failed());
        figures.put("failures", result.tally().failures());
        figures.put("violations", result.violations());
        figures.put("loadSeconds", result.loadSeconds());
        figures.put("connectionsPerSecond", result.tally().succeeded() / result.loadSeconds());
        figures.put("footprints", result.footprints());
        return figures;
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / MEBIBYTE);
    }
}
