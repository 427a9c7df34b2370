package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The JSON object of {@code fastsocket bench} as one page: plots as SVG, no script, nothing asked of any other place, and
 * well-formed XML. What the object does not have is left out.
 */
public final class HtmlReport {
    private static final String TITLE = "Fastsocket for Netty, side by side";
    private static final String OURS = "fastsocket";
    private static final double PERCENT = 100;

    private static final List<String> PERCENTILES = List.of("p50", "p90", "p99", "p999");
    private static final Map<String, Double> ONE_IN = Map.of("p50", 2.0, "p90", 10.0, "p99", 100.0, "p999", 1000.0);

    private static final List<String> KINDS = List.of("kernel", "java", "jvm", "native");

    /** Lines that fit a chart. */
    private static final int LINES_MAX = 12;

    private static final String STYLE =
            """
            :root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fff; --faint: #8884; --fastsocket: #0072b2;
              --stock: #e69f00; --netty42: #cc79a7; --framework: #009e73; --native: #56b4e9; --floor: #999; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e8e8ea; --paper: #16171b; --fastsocket: #4fb0ec; } }
            body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto;
              max-width: 84rem; padding: 1rem; }
            h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1rem; margin: 0; }
            .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1.5rem; }
            svg { width: 100%; max-width: 44rem; height: auto; font: 12px system-ui, sans-serif; }
            svg text { fill: currentColor; } .label { text-anchor: end; } .tick { text-anchor: middle; opacity: .8; }
            .grid { stroke: var(--faint); } .range { stroke: currentColor; stroke-width: 1.5; }
            .round { fill: var(--paper); stroke: currentColor; } .line { fill: none; stroke-width: 2; }
            .fastsocket { fill: var(--fastsocket); stroke: var(--fastsocket); }
            .stock { fill: var(--stock); stroke: var(--stock); } .netty42 { fill: var(--netty42); stroke: var(--netty42); }
            .framework { fill: var(--framework); stroke: var(--framework); }
            .native { fill: var(--native); stroke: var(--native); } .floor { fill: var(--floor); stroke: var(--floor); }
            .line.line { fill: none; }
            .scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
            th, td { text-align: right; padding: .15rem .7rem; border-bottom: 1px solid var(--faint); white-space: nowrap; }
            th:first-child, td:first-child { text-align: left; } .wrap { white-space: normal; text-align: left; }
            .met::before { content: "\\2713 "; } .missed::before { content: "\\2717 "; }
            details { margin: .5rem 0; } summary { cursor: pointer; }
            @media print { details > * { display: block; } }
            """;

    private final JsonNode report;
    private final Markup page = new Markup();

    private HtmlReport(JsonNode report) {
        this.report = report;
    }

    /**
     * The page of a report.
     *
     * @throws IllegalArgumentException if it is not one of {@code fastsocket bench}
     */
    public static String of(JsonNode report) {
        if (!report.path("summary").isArray() || report.path("summary").isEmpty()) {
            throw new IllegalArgumentException("no figures of fastsocket bench: summary=" + report.path("summary")
                    + " (expected: one for each server and work)");
        }
        return new HtmlReport(report).write();
    }

    private String write() {
        page.open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en")
                .open("head")
                .empty("meta", "charset", "utf-8")
                .empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .element("title", TITLE)
                .element("style", STYLE)
                .close("head")
                .open("body")
                .element("h1", TITLE);
        JsonNode environment = report.path("environment");
        page.element(
                "p",
                Stream.of("date", "cpuModel", "cpus", "kernel", "jvm")
                        .map(name -> environment.path(name).asText())
                        .filter(value -> !value.isEmpty())
                        .reduce((a, b) -> a + " · " + b)
                        .orElse(""));
        headline();
        aims();
        works().forEach(this::work);
        sweep();
        idle();
        storms();
        about();
        page.close("body").close("html");
        return "<!DOCTYPE html>\n" + page;
    }

    // ---- at the top

    private void headline() {
        List<JsonNode> compared = each("summary")
                .filter(summary -> summary.has("requestsPerSecondOverStock"))
                .toList();
        if (compared.isEmpty()) {
            return;
        }
        page.element("h2", "Beside stock Netty on the same engine").open("ul");
        for (JsonNode summary : compared) {
            page.element(
                    "li",
                    text(summary, "work") + ", " + text(summary, "server") + ": "
                            + ratio(summary.path("requestsPerSecondOverStock")) + " the rate, "
                            + ratio(summary.path("cpuMicrosPerRequestOverStock")) + " the CPU time per request");
        }
        page.close("ul");
    }

    private static String ratio(JsonNode spread) {
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f..%.2f) times",
                spread.path("median").asDouble(),
                spread.path("min").asDouble(),
                spread.path("max").asDouble());
    }

    private void aims() {
        if (report.path("aims").isEmpty()) {
            return;
        }
        page.element("h2", "Aims");
        table("what", "figure", "aim", "measured", "range", "the C floor", "");
        each("aims").forEach(aim -> {
            boolean met = aim.path("met").asBoolean();
            JsonNode measured = aim.path("measured");
            page.open("tr")
                    .element("td", text(aim, "what"))
                    .element("td", text(aim, "figure"))
                    .element("td", text(aim, "operator") + " " + number(aim.path("aim")))
                    .element("td", number(measured.path("median")))
                    .element("td", number(measured.path("min")) + ".." + number(measured.path("max")))
                    .element("td", number(aim.path("floor")))
                    .element("td", met ? "met" : "missed", "class", met ? "met" : "missed")
                    .close("tr");
        });
        endTable();
    }

    // ---- a kind of work

    private Set<String> works() {
        Set<String> works = new LinkedHashSet<>();
        each("summary").forEach(summary -> works.add(text(summary, "work")));
        return works;
    }

    private void work(String work) {
        List<JsonNode> summaries = each("summary")
                .filter(summary -> text(summary, "work").equals(work))
                .sorted(Comparator.comparingDouble(
                        summary -> -summary.at("/requestsPerSecond/median").asDouble()))
                .toList();
        page.element("h2", "Work: " + work).open("div", "class", "pair");
        bars(summaries, "Requests per second", "requestsPerSecond");
        bars(summaries, "CPU time of the server per request, µs", "cpuMicrosPerRequest");
        latency(summaries);
        kinds(summaries);
        page.close("div");
        figures(summaries);
        functions(summaries);
    }

    private void bars(List<JsonNode> summaries, String title, String figure) {
        List<BarChart.Bar> bars = new ArrayList<>();
        for (JsonNode summary : summaries) {
            JsonNode spread = summary.path(figure);
            List<Double> rounds = each("rounds")
                    .filter(round -> text(round, "work").equals(text(summary, "work"))
                            && text(round, "server").equals(text(summary, "server")))
                    .map(round -> round.path(figure).asDouble())
                    .toList();
            bars.add(new BarChart.Bar(
                    text(summary, "server"),
                    style(text(summary, "server")),
                    spread.path("median").asDouble(),
                    spread.path("min").asDouble(),
                    spread.path("max").asDouble(),
                    rounds));
        }
        chart(title, BarChart.of(title, bars));
    }

    private void latency(List<JsonNode> summaries) {
        List<LineChart.Line> lines = new ArrayList<>();
        for (JsonNode summary : summaries) {
            JsonNode micros = summary.at("/latency/micros");
            if (micros.isObject() && lines.size() < LINES_MAX) {
                lines.add(new LineChart.Line(
                        text(summary, "server"),
                        style(text(summary, "server")),
                        PERCENTILES.stream()
                                .map(name -> new LineChart.Point(
                                        ONE_IN.getOrDefault(name, 1.0),
                                        micros.path(name).path("median").asDouble()))
                                .toList()));
            }
        }
        if (!lines.isEmpty()) {
            String title = "Latency at 70 % of each server's own maximum, µs";
            List<LineChart.Tick> ticks = PERCENTILES.stream()
                    .map(name -> new LineChart.Tick(ONE_IN.getOrDefault(name, 1.0), name.replace("p999", "p99.9")))
                    .toList();
            chart(title, LineChart.of(title, "percentile", lines, ticks, true));
        }
    }

    /** CPU time by whose code it is spent in. */
    private void kinds(List<JsonNode> summaries) {
        List<JsonNode> known = summaries.stream()
                .filter(summary -> summary.path("cpuByKind").size() > 0)
                .toList();
        if (known.isEmpty()) {
            return;
        }
        page.open("section").element("h3", "Where a request's CPU time goes, µs");
        table(Stream.concat(Stream.of("server"), KINDS.stream()).toArray(String[]::new));
        for (JsonNode summary : known) {
            double cpu = summary.at("/cpuMicrosPerRequest/median").asDouble();
            page.open("tr").element("td", text(summary, "server"));
            for (String kind : KINDS) {
                page.element("td", summary.path("cpuByKind").path(kind).asDouble() * cpu);
            }
            page.close("tr");
        }
        endTable();
        page.close("section");
    }

    private void figures(List<JsonNode> summaries) {
        page.open("details").element("summary", "All figures");
        table(
                "server",
                "requests/s",
                "range",
                "µs CPU",
                "range",
                "switches",
                "system calls",
                "io_uring_enter",
                "bytes allocated",
                "GC ms/s",
                "p50 µs",
                "p99 µs",
                "p99.9 µs",
                "errors");
        for (JsonNode summary : summaries) {
            JsonNode micros = summary.at("/latency/micros");
            page.open("tr").element("td", text(summary, "server"));
            for (String figure : List.of("requestsPerSecond", "cpuMicrosPerRequest")) {
                JsonNode spread = summary.path(figure);
                page.element("td", number(spread.path("median")))
                        .element("td", number(spread.path("min")) + ".." + number(spread.path("max")));
            }
            page.element("td", number(summary.at("/contextSwitchesPerRequest/median")))
                    .element("td", number(summary.path("syscallsPerRequest")))
                    .element("td", number(summary.path("ioUringEntersPerRequest")))
                    .element("td", number(summary.path("allocatedBytesPerRequest")))
                    .element("td", number(summary.path("gcPauseMillisPerSecond")))
                    .element("td", number(micros.at("/p50/median")))
                    .element("td", number(micros.at("/p99/median")))
                    .element("td", number(micros.at("/p999/median")))
                    .element(
                            "td",
                            summary.path("socketErrors").asLong()
                                    + summary.path("statusErrors").asLong())
                    .close("tr");
        }
        endTable();
        page.close("details");
    }

    private void functions(List<JsonNode> summaries) {
        for (JsonNode summary : summaries) {
            if (summary.path("functions").isEmpty()) {
                continue;
            }
            page.open("details").element("summary", "Functions of " + text(summary, "server"));
            table("function", "whose", "% of CPU time");
            stream(summary.path("functions")).forEach(function -> page.open("tr")
                    .element("td", text(function, "name"))
                    .element("td", text(function, "kind"))
                    .element("td", PERCENT * function.path("share").asDouble())
                    .close("tr"));
            endTable();
            page.close("details");
        }
    }

    // ---- beside rates

    private void sweep() {
        if (report.path("sweep").isEmpty()) {
            return;
        }
        page.element("h2", "Cost against the number of connections and of loops")
                .open("div", "class", "pair");
        int loops = each("sweep")
                .mapToInt(point -> point.path("loops").asInt())
                .max()
                .orElse(1);
        for (String work :
                each("sweep").map(point -> text(point, "work")).distinct().toList()) {
            List<JsonNode> points = each("sweep")
                    .filter(point -> text(point, "work").equals(work))
                    .toList();
            sweep(
                    work + ": CPU time per request by connections, µs",
                    "connections",
                    points.stream()
                            .filter(point -> point.path("loops").asInt() == loops)
                            .toList());
            int usual = report.at("/options/connections").asInt();
            sweep(
                    work + ": CPU time per request by loops, µs",
                    "loops",
                    points.stream()
                            .filter(point -> point.path("connections").asInt() == usual)
                            .toList());
        }
        page.close("div");
    }

    private void sweep(String title, String by, List<JsonNode> points) {
        List<LineChart.Line> lines = new ArrayList<>();
        for (String server :
                points.stream().map(point -> text(point, "server")).distinct().toList()) {
            lines.add(new LineChart.Line(
                    server,
                    style(server),
                    points.stream()
                            .filter(point -> text(point, "server").equals(server))
                            .map(point -> new LineChart.Point(
                                    point.path(by).asDouble(),
                                    point.path("cpuMicrosPerRequest").asDouble()))
                            .sorted(Comparator.comparingDouble(LineChart.Point::x))
                            .toList()));
        }
        List<LineChart.Tick> ticks = points.stream()
                .map(point -> point.path(by).asInt())
                .distinct()
                .sorted()
                .map(value -> new LineChart.Tick(value, Integer.toString(value)))
                .toList();
        if (!lines.isEmpty()) {
            chart(title, LineChart.of(title, by, lines, ticks, false));
        }
    }

    private void idle() {
        if (report.path("idle").isEmpty()) {
            return;
        }
        page.element("h2", "Memory of an idle connection, bytes");
        table("server", "connections", "live heap", "outside of the heap", "both", "kernel, both ends");
        each("idle").forEach(idle -> {
            double heap = idle.path("heapBytesPerConnection").asDouble();
            double outside = idle.path("nativeBytesPerConnection").asDouble();
            page.open("tr")
                    .element("td", text(idle, "server"))
                    .element("td", idle.path("connections").asInt())
                    .element("td", Math.round(heap))
                    .element("td", Math.round(outside))
                    .element("td", Math.round(heap + outside))
                    .element(
                            "td",
                            Math.round(idle.path("kernelBytesPerConnection").asDouble()))
                    .close("tr");
        });
        endTable();
    }

    private void storms() {
        if (report.path("storms").isEmpty()) {
            return;
        }
        page.element("h2", "Connections that come at once");
        table("server", "connections", "answered", "failed", "SYN lost", "seconds to the last answer");
        each("storms").forEach(storm -> page.open("tr")
                .element("td", text(storm, "server"))
                .element("td", storm.path("connections").asLong())
                .element("td", storm.path("answered").asLong())
                .element("td", storm.path("failed").asLong())
                .element("td", storm.path("slowConnects").asLong())
                .element("td", number(storm.path("seconds")))
                .close("tr"));
        endTable();
    }

    // ---- at the bottom

    private void about() {
        page.element("h2", "How it was measured").open("ul");
        stream(report.path("notes")).forEach(note -> page.element("li", note.asText()));
        page.close("ul");
        String commandLine = report.at("/options/commandLine").asText();
        if (!commandLine.isEmpty()) {
            page.open("p")
                    .text("To make it again: ")
                    .element("code", "./" + commandLine)
                    .close("p");
        }
        for (String part : List.of("options", "environment")) {
            if (report.path(part).isObject()) {
                page.open("details").element("summary", part);
                table(part, "");
                report.path(part).properties().forEach(field -> page.open("tr")
                        .element("td", field.getKey())
                        .element("td", plain(field.getValue()), "class", "wrap")
                        .close("tr"));
                endTable();
                page.close("details");
            }
        }
    }

    private static String plain(JsonNode value) {
        return value.isValueNode() ? value.asText() : value.toString();
    }

    // ---- pieces

    private void chart(String title, Markup svg) {
        page.open("section").element("h3", title).add(svg).close("section");
    }

    private void table(String... heads) {
        page.open("div", "class", "scroll").open("table").open("tr");
        for (String head : heads) {
            page.element("th", head);
        }
        page.close("tr");
    }

    private void endTable() {
        page.close("table").close("div");
    }

    private Stream<JsonNode> each(String field) {
        return stream(report.path(field));
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static String text(JsonNode object, String field) {
        return object.path(field).asText();
    }

    private static String number(JsonNode value) {
        return value.isNumber() ? Numbers.brief(value.asDouble()) : "-";
    }

    private static String style(String server) {
        for (String family : List.of(OURS, "stock", "netty42", "floor")) {
            if (server.startsWith(family)) {
                return family;
            }
        }
        return server.equals("nginx") || server.equals("haproxy") ? "native" : "framework";
    }
}
