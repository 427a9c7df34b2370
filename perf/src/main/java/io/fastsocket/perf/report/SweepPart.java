package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a request costs with more connections, and with more loops. */
final class SweepPart {
    private static final String CONNECTIONS = "connections";
    private static final String LOOPS = "loops";
    private static final String COST = "cpuMicrosPerRequest";

    private SweepPart() {}

    static Markup of(Results results) {
        List<JsonNode> points = results.rows("sweep").stream()
                .filter(point -> isAbove0(point, CONNECTIONS) && isAbove0(point, LOOPS) && isAbove0(point, COST))
                .toList();
        Map<String, List<JsonNode>> byWork = points.stream()
                .collect(Collectors.groupingBy(
                        point -> Fields.text(point.path("work")), LinkedHashMap::new, Collectors.toList()));
        Markup plots = new Markup();
        byWork.forEach((work, ofWork) -> {
            plot(plots, results, work, ofWork, CONNECTIONS, LOOPS);
            plot(plots, results, work, ofWork, LOOPS, CONNECTIONS);
        });
        Markup part = new Markup();
        if (points.isEmpty()) {
            return part;
        }
        return part.open("section", "id", "sweep")
                .element("h2", "Cost by connections and by loops")
                .open("div", "class", "pair")
                .add(plots)
                .close()
                .add(table(results, points))
                .close();
    }

    private static boolean isAbove0(JsonNode point, String field) {
        return Fields.numberOrZero(point.path(field)) > 0;
    }

    /** Along one field, at the value of the other one that has the most places along it. */
    private static void plot(
            Markup plots, Results results, String work, List<JsonNode> points, String along, String fixed) {
        double usual = points.stream()
                .map(point -> point.path(fixed).doubleValue())
                .distinct()
                .max(Comparator.comparingInt((Double value) ->
                                values(at(points, fixed, value), along).size())
                        .thenComparing(Function.identity()))
                .orElse(0.0);
        List<JsonNode> shown = at(points, fixed, usual);
        List<Double> places = values(shown, along);
        if (places.size() < 2) {
            return;
        }
        String title = work + ": CPU time per request by " + along;
        List<LineChart.Line> lines = lines(results, shown, along);
        double max = shown.stream()
                .mapToDouble(point -> point.path(COST).doubleValue())
                .max()
                .orElse(0);
        plots.open("figure")
                .element("h3", title)
                .element("p", "With " + Numbers.precisely(usual) + " " + fixed + ".", "class", "note")
                .add(LineChart.of(
                        title,
                        LineChart.Axis.of(along, places, true, Numbers::precisely),
                        LineChart.Axis.of(COST, Ticks.upTo(max), false, Numbers::micros),
                        lines))
                .add(Legend.ofLines(lines.stream().map(LineChart.Line::server).toList(), unused -> ""))
                .close();
    }

    private static List<LineChart.Line> lines(Results results, List<JsonNode> points, String along) {
        return points.stream()
                .map(results::server)
                .distinct()
                .map(server -> new LineChart.Line(
                        server,
                        points.stream()
                                .filter(point -> results.server(point).equals(server))
                                .map(point -> new LineChart.Point(
                                        point.path(along).doubleValue(),
                                        point.path(COST).doubleValue()))
                                .sorted(Comparator.comparingDouble(LineChart.Point::x))
                                .toList()))
                .toList();
    }

    private static List<JsonNode> at(List<JsonNode> points, String field, double value) {
        return points.stream()
                .filter(point -> point.path(field).doubleValue() == value)
                .toList();
    }

    private static List<Double> values(List<JsonNode> points, String field) {
        return points.stream()
                .map(point -> point.path(field).doubleValue())
                .distinct()
                .sorted()
                .toList();
    }

    private static Markup table(Results results, List<JsonNode> points) {
        HtmlTable table =
                HtmlTable.ofNumbers(List.of("Server", "Work", "Connections", "Loops", "Requests/s", "CPU per request"));
        for (JsonNode point : points) {
            Server server = results.server(point);
            List<String> cells = new ArrayList<>(List.of(server.name(), Fields.text(point.path("work"))));
            cells.add(Fields.text(point.path(CONNECTIONS)));
            cells.add(Fields.text(point.path(LOOPS)));
            cells.add(Fields.number(point.path("requestsPerSecond")).stream()
                    .mapToObj(Numbers::brief)
                    .findFirst()
                    .orElse(""));
            cells.add(Numbers.micros(point.path(COST).doubleValue()));
            table.row(server.nameStyle(), cells);
        }
        return new Markup()
                .open("details")
                .element("summary", "All points")
                .add(table.end())
                .close();
    }
}
