package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** What a connection that is only kept takes. */
final class IdlePart {
    private static final String TITLE = "Memory of an idle connection";
    private static final List<String> FIELDS =
            List.of("heapBytesPerConnection", "nativeBytesPerConnection", "kernelBytesPerConnection");
    private static final List<String> NAMES =
            List.of("Java heap", "the process outside of it", "the kernel, for both ends");

    private IdlePart() {}

    static Markup of(Results results) {
        List<JsonNode> rows = results.rows("idle").stream()
                .filter(row -> FIELDS.stream()
                        .anyMatch(field -> Fields.number(row.path(field)).isPresent()))
                .toList();
        Markup part = new Markup();
        if (rows.isEmpty()) {
            return part;
        }
        List<StackedBars.Stack> stacks = rows.stream()
                .map(row -> new StackedBars.Stack(
                        results.server(row),
                        FIELDS.stream()
                                .map(field -> Math.max(0, Fields.numberOrZero(row.path(field))))
                                .toList()))
                .toList();
        HtmlTable table =
                HtmlTable.ofNumbers(List.of("Server", "Connections", NAMES.get(0), NAMES.get(1), NAMES.get(2)));
        for (JsonNode row : rows) {
            Server server = results.server(row);
            table.row(
                    server.nameStyle(),
                    List.of(
                            server.name(),
                            Fields.text(row.path("connections")),
                            bytes(row, FIELDS.get(0)),
                            bytes(row, FIELDS.get(1)),
                            bytes(row, FIELDS.get(2))));
        }
        return part.open("section", "id", "idle")
                .element("h2", TITLE)
                .open("figure")
                .add(StackedBars.legend(NAMES))
                .add(StackedBars.of(TITLE, NAMES, stacks, Numbers::bytes))
                .close()
                .open("details")
                .element("summary", "All figures")
                .add(table.end())
                .close()
                .close();
    }

    private static String bytes(JsonNode row, String field) {
        return Fields.number(row.path(field)).stream()
                .mapToObj(Numbers::bytes)
                .findFirst()
                .orElse("");
    }
}
