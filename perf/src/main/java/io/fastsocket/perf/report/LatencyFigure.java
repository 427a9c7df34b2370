package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Latency by percentile. */
final class LatencyFigure {
    private static final String TITLE = "Latency by percentile";

    /** The percentiles of a summary without a list of them. */
    private static final Map<String, Double> NAMED = named();

    private static final double[] TICKS = {0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999};

    private LatencyFigure() {}

    private static Map<String, Double> named() {
        Map<String, Double> named = new LinkedHashMap<>();
        named.put("p50", 50.0);
        named.put("p90", 90.0);
        named.put("p99", 99.0);
        named.put("p999", 99.9);
        return named;
    }

    static Markup of(Results results, List<JsonNode> summaries) {
        List<LineChart.Line> lines = new ArrayList<>();
        Map<Server, String> remarks = new LinkedHashMap<>();
        for (JsonNode summary : summaries) {
            List<LineChart.Point> points = points(summary.path("latency"));
            if (points.size() > 1) {
                Server server = results.server(summary);
                lines.add(new LineChart.Line(server, points));
                remarks.put(server, remark(summary.path("latency")));
            }
        }
        Markup figure = new Markup();
        if (lines.isEmpty()) {
            return figure;
        }
        return figure.open("figure")
                .element("h3", TITLE)
                .element(
                        "p",
                        "At 70 % of each server’s own maximum, from when a request was due. Both scales are logarithmic.",
                        "class",
                        "note")
                .add(LineChart.of(TITLE, across(lines), up(lines), lines))
                .add(Legend.ofLines(
                        List.copyOf(remarks.keySet()), server -> Objects.requireNonNullElse(remarks.get(server), "")))
                .close();
    }

    private static List<LineChart.Point> points(JsonNode latency) {
        List<LineChart.Point> points = new ArrayList<>();
        if (latency.path("percentiles").isEmpty()) {
            NAMED.forEach(
                    (name, percent) -> Fields.spread(latency.path("micros").path(name))
                            .ifPresent(micros -> add(points, percent, micros.median())));
        } else {
            for (JsonNode pair : latency.path("percentiles")) {
                add(points, Fields.number(pair.path(0)).orElse(-1), Fields.numberOrZero(pair.path(1)));
            }
        }
        return points;
    }

    /** Neither the maximum, which has no place on the axis, nor what a logarithm cannot show. */
    private static void add(List<LineChart.Point> points, double percent, double micros) {
        double oneIn = oneIn(percent);
        boolean onward =
                points.isEmpty() || oneIn > points.get(points.size() - 1).x();
        if (percent >= 0 && percent < 100 && micros > 0 && onward) {
            points.add(new LineChart.Point(oneIn, micros));
        }
    }

    /** 99 % is one request in 100 that takes longer. */
    private static double oneIn(double percent) {
        return 100 / (100 - percent);
    }

    private static LineChart.Axis across(List<LineChart.Line> lines) {
        double min = lines.stream()
                .mapToDouble(line -> line.points().get(0).x())
                .min()
                .orElse(1);
        double max = lines.stream()
                .mapToDouble(line -> line.points().get(line.points().size() - 1).x())
                .max()
                .orElse(2);
        List<LineChart.Tick> ticks = new ArrayList<>();
        for (double percent : TICKS) {
            LineChart.Tick tick = new LineChart.Tick(oneIn(percent), Numbers.precisely(percent) + "\u00a0%");
            if (!ticks.isEmpty() && tick.value() <= min * 1.001) {
                ticks.clear();
            }
            boolean reached = ticks.size() > 1 && ticks.get(ticks.size() - 1).value() >= max * 0.999;
            if (!reached) {
                ticks.add(tick);
            }
        }
        return new LineChart.Axis("of the requests took no longer", ticks, true);
    }

    private static LineChart.Axis up(List<LineChart.Line> lines) {
        double min = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(LineChart.Point::y)
                .min()
                .orElse(1);
        double max = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(LineChart.Point::y)
                .max()
                .orElse(1);
        return LineChart.Axis.of("latency", Ticks.around(min, max), true, Numbers::micros);
    }

    private static String remark(JsonNode latency) {
        List<String> words = new ArrayList<>();
        Fields.number(latency.path("ratePerSecond")).ifPresent(rate -> words.add("at " + Numbers.brief(rate) + "/s"));
        double errors = Fields.numberOrZero(latency.path("errors"));
        if (errors > 0) {
            words.add("▲ " + Numbers.brief(errors) + " errors");
        }
        return String.join(", ", words);
    }
}
