package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** Every figure of a kind of work, for whoever wants to read after all. A column that no server has is left out. */
final class FiguresTable {
    /** @param path where a summary has it */
    private record Column(String name, String path, DoubleFunction<String> words) {
        String cell(JsonNode summary) {
            return Fields.spread(summary.at(path))
                    .map(spread -> spread.min() < spread.max()
                            ? words.apply(spread.median()) + " (" + Numbers.range(spread, words) + ")"
                            : words.apply(spread.median()))
                    .orElse("");
        }
    }

    private static final List<Column> COLUMNS = List.of(
            new Column("Requests/s", "/requestsPerSecond", Numbers::brief),
            new Column("CPU per request", "/cpuMicrosPerRequest", Numbers::micros),
            new Column("Rate over stock’s", "/requestsPerSecondOverStock", Numbers::ratio),
            new Column("CPU over stock’s", "/cpuMicrosPerRequestOverStock", Numbers::ratio),
            new Column("Context switches per request", "/contextSwitchesPerRequest", Numbers::brief),
            new Column("System calls per request", "/syscallsPerRequest", Numbers::brief),
            new Column("io_uring_enter per request", "/ioUringEntersPerRequest", Numbers::brief),
            new Column("Allocated per request", "/allocatedBytesPerRequest", Numbers::bytes),
            new Column("GC pause ms per s", "/gcPauseMillisPerSecond", Numbers::brief),
            new Column("Latency at requests/s", "/latency/ratePerSecond", Numbers::brief),
            new Column("p50", "/latency/micros/p50", Numbers::micros),
            new Column("p90", "/latency/micros/p90", Numbers::micros),
            new Column("p99", "/latency/micros/p99", Numbers::micros),
            new Column("p99.9", "/latency/micros/p999", Numbers::micros),
            new Column("Longest", "/latency/micros/max", Numbers::micros),
            new Column("Late errors", "/latency/errors", Numbers::brief),
            new Column("Socket errors", "/socketErrors", Numbers::brief),
            new Column("Status errors", "/statusErrors", Numbers::brief));

    private FiguresTable() {}

    static Markup of(Results results, List<JsonNode> summaries) {
        List<Column> columns = COLUMNS.stream()
                .filter(column -> summaries.stream()
                        .anyMatch(summary -> !column.cell(summary).isEmpty()))
                .toList();
        List<String> heads = new ArrayList<>(List.of("Server"));
        columns.forEach(column -> heads.add(column.name()));
        HtmlTable table = HtmlTable.ofNumbers(heads);
        for (JsonNode summary : summaries) {
            Server server = results.server(summary);
            List<String> cells = new ArrayList<>(List.of(server.name()));
            columns.forEach(column -> cells.add(column.cell(summary)));
            table.row(server.nameStyle(), cells);
        }
        return new Markup()
                .open("details")
                .element("summary", "All figures")
                .add(table.end())
                .close();
    }
}
