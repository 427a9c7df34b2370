package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.JsonText;
import io.fastsocket.affinity.cli.TextTable;
import io.fastsocket.examples.demo.DemoResult;
import io.fastsocket.examples.demo.DemoResult.Comparison;
import io.fastsocket.examples.demo.LoadSlice;
import io.fastsocket.transport.LoopStats;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The result of the demo as a page of text or as JSON. */
final class DemoReport {
    private final DemoResult result;
    private final String steering;

    DemoReport(DemoResult result) {
        this.result = result;
        this.steering = GroupOptions.steeringOf(result.capabilities());
    }

    String text() {
        return String.join(
                System.lineSeparator(),
                "engine " + GroupOptions.name(result.engine()) + ", steering " + steering
                        + "; each client is pinned, and a connection is local if its loop runs on its client's CPU",
                "",
                loopTable(),
                "",
                "the same load on the same proxy on stock Netty: " + result.stock() + " behind one listener",
                "",
                comparisonTable(),
                "",
                "Connected are the proxy's connections to the server behind it. CPU is the time of the process of both",
                "proxies while one was loaded; the clients and the server are another process. Both share this",
                "machine's CPUs, so the figures compare the two proxies and say little else.");
    }

    private String loopTable() {
        TextTable table =
                TextTable.ofNumbers("loop", "CPU", "accepted", "local", "remote", "local %", "connected", "local");
        for (LoopStats loop : result.loops()) {
            table.row(
                    loop.loopIndex(),
                    loop.cpu() < 0 ? "any" : loop.cpu(),
                    loop.accepted(),
                    loop.acceptedLocal(),
                    loop.acceptedRemote(),
                    localPercent(loop).map(percent -> format("%.1f", percent)).orElse("-"),
                    loop.connected(),
                    loop.connectedLocal());
        }
        return table.toString();
    }

    private String comparisonTable() {
        TextTable table = TextTable.ofNumbers("", "requests/s", "CPU us/request", "requests", "failed");
        for (Comparison comparison : result.comparisons()) {
            table.row(comparison.mode().title(), "", "", "", "");
            row(table, "  fastsocket", comparison.fastsocket());
            row(table, "  stock Netty", comparison.stock());
            table.row(
                    "  ratio",
                    format("%.2f x", comparison.requestsRatio()),
                    format("%.2f x", comparison.cpuRatio()),
                    "",
                    "");
        }
        return table.toString();
    }

    private static void row(TextTable table, String name, LoadSlice slice) {
        table.row(
                name,
                format("%.0f", slice.requestsPerSecond()),
                format("%.1f", slice.cpuMicrosPerRequest()),
                slice.requests(),
                slice.failed());
    }

    String json() {
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        report.put("engine", GroupOptions.name(result.engine()));
        report.put("steering", steering);
        report.put("loops", result.loops().stream().map(DemoReport::json).toList());
        report.put("stock", result.stock());
        report.put(
                "comparisons",
                result.comparisons().stream().map(DemoReport::json).toList());
        report.put("failed", result.failed());
        return JsonText.oneLine(report);
    }

    private static Map<String, @Nullable Object> json(LoopStats loop) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("loop", loop.loopIndex());
        json.put("cpu", loop.cpu() < 0 ? null : loop.cpu());
        json.put("accepted", loop.accepted());
        json.put("local", loop.acceptedLocal());
        json.put("remote", loop.acceptedRemote());
        json.put("localPercent", localPercent(loop).orElse(null));
        json.put("connected", loop.connected());
        json.put("connectedLocal", loop.connectedLocal());
        return json;
    }

    private static Map<String, @Nullable Object> json(Comparison comparison) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("mode", comparison.mode().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        json.put("fastsocket", json(comparison.fastsocket()));
        json.put("stock", json(comparison.stock()));
        json.put("requestsRatio", comparison.requestsRatio());
        json.put("cpuRatio", comparison.cpuRatio());
        return json;
    }

    private static Map<String, @Nullable Object> json(LoadSlice slice) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("requests", slice.requests());
        json.put("failed", slice.failed());
        json.put("seconds", slice.nanos() / 1e9);
        json.put("requestsPerSecond", slice.requestsPerSecond());
        json.put("cpuMicrosPerRequest", slice.cpuMicrosPerRequest());
        return json;
    }

    /** Empty for a loop that got no connection, or none whose CPU is known. */
    private static Optional<Double> localPercent(LoopStats loop) {
        long known = loop.acceptedLocal() + loop.acceptedRemote();
        return known == 0 ? Optional.empty() : Optional.of(100.0 * loop.acceptedLocal() / known);
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
