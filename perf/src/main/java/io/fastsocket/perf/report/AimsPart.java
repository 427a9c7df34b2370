package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** What was aimed at, and whether it was reached. */
final class AimsPart {
    private AimsPart() {}

    static Markup of(Results results) {
        List<JsonNode> aims = Fields.objects(results.part("aims"));
        Markup part = new Markup();
        if (aims.isEmpty()) {
            return part;
        }
        long met = aims.stream().filter(aim -> aim.path("met").asBoolean()).count();
        HtmlTable table = HtmlTable.ofWords("Aim", "Result", "Figure", "Aimed at", "Measured", "Range");
        aims.forEach(aim -> row(table, aim));
        return part.open("section", "id", "aims")
                .element("h2", "Aims: " + met + " of " + aims.size() + " met")
                .add(table.end())
                .close();
    }

    private static void row(HtmlTable table, JsonNode aim) {
        Markup what = new Markup().text(Fields.text(aim.path("what")));
        String reason = Fields.text(aim.path("reason"));
        if (!reason.isEmpty()) {
            what.element("p", reason, "class", "note");
        }
        table.row(
                what,
                verdict(aim.path("met")),
                Fields.text(aim.path("figure")),
                limit(aim),
                Fields.spread(aim.path("measured"))
                        .map(spread -> Numbers.ratio(spread.median()))
                        .orElse("–"),
                Fields.spread(aim.path("measured"))
                        .map(spread -> Numbers.range(spread, Numbers::ratio))
                        .orElse("–"));
    }

    private static String limit(JsonNode aim) {
        String sign =
                switch (Fields.text(aim.path("operator"))) {
                    case ">=" -> "≥ ";
                    case "<=" -> "≤ ";
                    default -> "";
                };
        return Fields.number(aim.path("aim")).stream()
                .mapToObj(limit -> sign + Numbers.ratio(limit))
                .findFirst()
                .orElse("–");
    }

    private static Markup verdict(JsonNode met) {
        Markup verdict = new Markup();
        if (!met.isBoolean()) {
            return verdict.element("span", "– unknown", "class", "unknown");
        }
        return met.booleanValue()
                ? verdict.element("span", "✓ met", "class", "met")
                : verdict.element("span", "✗ not met", "class", "missed");
    }
}
