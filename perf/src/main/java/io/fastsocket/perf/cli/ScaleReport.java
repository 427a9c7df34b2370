package io.fastsocket.perf.cli;

import io.fastsocket.affinity.cli.TextTable;
import io.fastsocket.perf.scale.ScaleRow;
import io.fastsocket.perf.scale.Simulation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** The simulation as a table and as a JSON object. */
final class ScaleReport {
    private static final List<String> NOTES = List.of(
            "A simulation of the designs' rules, with loops pinned one to a CPU: no connection was made and no time measured.",
            "Expected is 1 - 1/N where loop and receiving CPU are chosen independently; the work is the handling of both sides.",
            "The rate follows from the costs in the options, for even load, and till the fullest loop can do no more (over the imbalance):"
                    + " a bound of the model, no forecast of a machine.");

    private ScaleReport() {}

    static String text(List<ScaleRow> rows) {
        TextTable table = TextTable.ofNumbers(
                "design",
                "CPUs",
                "clients cross",
                "upstreams cross",
                "expected",
                "requests cross",
                "work elsewhere",
                "imbalance",
                "of few",
                "us each",
                "rate/1 CPU",
                "till fullest");
        for (ScaleRow row : rows) {
            Simulation.Outcome many = row.many();
            table.row(
                    row.design().label(),
                    row.cpus(),
                    percent(many.clientCrossShare()),
                    percent(many.upstreamCrossShare()),
                    percent(row.design().expectedCrossShare(row.cpus())),
                    percent(many.requestCrossShare()),
                    percent(many.workElsewhereShare()),
                    number("%.2f", many.imbalance()),
                    number("%.2f", row.imbalanceFew()),
                    number("%.1f", row.microsPerConnection()),
                    rate(row.rateOverOneCpu()),
                    rate(row.rateUntilFullest()));
        }
        return "SIMULATED" + System.lineSeparator() + table + System.lineSeparator()
                + String.join(System.lineSeparator(), NOTES);
    }

    static Map<String, Object> figures(List<ScaleRow> rows) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("simulation", true);
        figures.put("notes", NOTES);
        figures.put("rows", rows.stream().map(ScaleReport::figures).toList());
        return figures;
    }

    private static Map<String, Object> figures(ScaleRow row) {
        Simulation.Outcome many = row.many();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("design", row.design().label());
        figures.put("cpus", row.cpus());
        figures.put("clientCrossShare", many.clientCrossShare());
        figures.put("upstreamCrossShare", many.upstreamCrossShare());
        figures.put("expectedCrossShare", row.design().expectedCrossShare(row.cpus()));
        figures.put("requestCrossShare", many.requestCrossShare());
        figures.put("expectedRequestCrossShare", row.design().expectedRequestCrossShare(row.cpus()));
        figures.put("workElsewhereShare", many.workElsewhereShare());
        figures.put("imbalance", many.imbalance());
        figures.put("imbalanceFew", row.imbalanceFew());
        figures.put("microsPerConnection", row.microsPerConnection());
        row.rateOverOneCpu().ifPresent(rate -> figures.put("rateOverOneCpu", rate));
        row.rateUntilFullest().ifPresent(rate -> figures.put("rateUntilFullest", rate));
        return figures;
    }

    private static String rate(OptionalDouble rate) {
        return rate.isPresent() ? number("%.1f", rate.getAsDouble()) : "unknown";
    }

    private static String percent(double share) {
        return number("%.1f %%", 100 * share);
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
