package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastsocket.perf.compare.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** Whose code the CPU time of a request is spent in. */
final class CpuFigure {
    private static final List<String> KINDS = List.of("kernel", "jvm", "java", "native");
    private static final List<String> NAMES =
            List.of("kernel", "the JVM itself", "compiled Java", "native libraries and programs", "not told");

    private static final int FUNCTIONS_MAX = 15;

    private CpuFigure() {}

    static Markup of(Results results, List<JsonNode> summaries) {
        List<JsonNode> known = summaries.stream()
                .filter(row -> row.path("cpuByKind").size() > 0
                        || !Fields.objects(row.path("functions")).isEmpty())
                .toList();
        Markup figure = new Markup();
        if (known.isEmpty()) {
            return figure;
        }
        boolean timed = known.stream()
                .allMatch(row -> Fields.spread(row.path("cpuMicrosPerRequest")).isPresent());
        String title = timed ? "Where a request’s CPU time goes" : "Where CPU time goes";
        DoubleFunction<String> words = timed ? Numbers::micros : Numbers::percent;
        List<StackedBars.Stack> stacks = known.stream()
                .map(row -> new StackedBars.Stack(results.server(row), parts(row, timed)))
                .toList();
        figure.open("figure")
                .element("h3", title)
                .add(StackedBars.legend(NAMES))
                .add(StackedBars.of(title, NAMES, stacks, words))
                .close();
        functions(figure, results, known);
        return figure;
    }

    private static List<Double> parts(JsonNode summary, boolean timed) {
        double whole = timed
                ? Fields.spread(summary.path("cpuMicrosPerRequest"))
                        .map(Spread::median)
                        .orElse(0.0)
                : 1;
        List<Double> parts = new ArrayList<>();
        double told = 0;
        for (String kind : KINDS) {
            double share = share(summary, kind);
            told += share;
            parts.add(share * whole);
        }
        parts.add(Math.max(0, 1 - told) * whole);
        return parts;
    }

    /** Of all functions where the report has that sum, else of those that it names. */
    private static double share(JsonNode summary, String kind) {
        double share = summary.path("cpuByKind").size() > 0
                ? Fields.numberOrZero(summary.path("cpuByKind").path(kind))
                : Fields.objects(summary.path("functions")).stream()
                        .filter(function -> Fields.text(function.path("kind")).equals(kind))
                        .mapToDouble(function -> Fields.numberOrZero(function.path("share")))
                        .sum();
        return Math.max(0, share);
    }

    private static void functions(Markup figure, Results results, List<JsonNode> known) {
        List<JsonNode> named = known.stream()
                .filter(row -> !Fields.objects(row.path("functions")).isEmpty())
                .toList();
        if (named.isEmpty()) {
            return;
        }
        figure.open("details")
                .element("summary", "The functions that take most CPU time")
                .open("div", "class", "pair");
        for (JsonNode row : named) {
            HtmlTable table = HtmlTable.ofNumbers(List.of("Function", "Whose", "Share"));
            Fields.objects(row.path("functions")).stream()
                    .limit(FUNCTIONS_MAX)
                    .forEach(function -> table.row(
                            "code",
                            List.of(
                                    Fields.text(function.path("name")),
                                    Fields.text(function.path("kind")),
                                    Numbers.percent(Fields.numberOrZero(function.path("share"))))));
            figure.open("div")
                    .element("h4", results.server(row).name())
                    .add(table.end())
                    .close();
        }
        figure.close().close();
    }
}
