package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Connections that all come at once. */
final class StormsPart {
    private StormsPart() {}

    static Markup of(Results results) {
        List<JsonNode> storms = results.rows("storms");
        Markup part = new Markup();
        if (storms.isEmpty()) {
            return part;
        }
        HtmlTable table = HtmlTable.ofNumbers(List.of(
                "Server",
                "Connections",
                "Answered",
                "Failed",
                "Connected late: a SYN was lost",
                "Until the last answer"));
        for (JsonNode storm : storms) {
            Server server = results.server(storm);
            double failed = Fields.numberOrZero(storm.path("failed"));
            table.row(
                    server.nameStyle(),
                    List.of(
                            server.name(),
                            Fields.text(storm.path("connections")),
                            Fields.text(storm.path("answered")),
                            (failed > 0 ? "▲ " : "") + Fields.text(storm.path("failed")),
                            Fields.text(storm.path("slowConnects")),
                            Fields.number(storm.path("seconds")).stream()
                                    .mapToObj(seconds -> Numbers.micros(seconds * 1e6))
                                    .findFirst()
                                    .orElse("")));
        }
        return part.open("section", "id", "storms")
                .element("h2", "Connections that come all at once")
                .add(table.end())
                .close();
    }
}
