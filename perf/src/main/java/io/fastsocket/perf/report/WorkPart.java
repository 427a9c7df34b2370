package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.DoubleFunction;

/** All servers at one kind of work. */
final class WorkPart {
    private WorkPart() {}

    /** @param index its place among the kinds of work */
    static Markup of(Results results, String work, int index) {
        List<JsonNode> summaries = results.summaries(work);
        List<Server> servers = summaries.stream().map(results::server).toList();
        Markup part =
                new Markup().open("section", "id", anchor(index)).open("h2").text(work);
        String words = words(work);
        if (!words.isEmpty()) {
            part.element("span", " " + words, "class", "note");
        }
        part.close().add(Legend.ofLooks(servers)).open("div", "class", "pair");
        bars(part, results, summaries, "Requests per second", "requestsPerSecond", Numbers::brief);
        bars(part, results, summaries, "CPU time per request", "cpuMicrosPerRequest", Numbers::micros);
        return part.close()
                .add(LatencyFigure.of(results, summaries))
                .add(CpuFigure.of(results, summaries))
                .add(FiguresTable.of(results, summaries))
                .close();
    }

    static String anchor(int index) {
        return "work-" + index;
    }

    private static void bars(
            Markup part,
            Results results,
            List<JsonNode> summaries,
            String title,
            String figure,
            DoubleFunction<String> words) {
        List<BarChart.Bar> bars = summaries.stream()
                .map(row -> new BarChart.Bar(
                        results.server(row), Fields.spread(row.path(figure)), results.rounds(row, figure)))
                .toList();
        if (bars.stream().anyMatch(bar -> bar.spread().isPresent())) {
            part.open("figure")
                    .element("h3", title)
                    .element("p", "Bar: median. Whisker: range. Dots: rounds.", "class", "note")
                    .add(BarChart.of(title, bars, words))
                    .close();
        }
    }

    /** What the bench's names stand for; a name of another kind of work speaks for itself. */
    private static String words(String work) {
        return switch (work) {
            case "new" -> "a connection for each request";
            case "keepalive" -> "requests one after the other on connections that stay";
            case "pipeline" -> "several requests at a time on connections that stay";
            case "1k" -> "a body of 1 KiB on connections that stay";
            case "64k" -> "a body of 64 KiB on connections that stay";
            case "file" -> "a file of 1 MiB on connections that stay";
            case "tls-new", "tls-full" -> "a connection with a whole TLS handshake for each request";
            case "tls-resumed" -> "a connection with a resumed TLS session for each request";
            case "tls-keepalive" -> "TLS on connections that stay";
            case "proxy-new" -> "a reverse proxy, a connection for each request on both sides";
            case "proxy-keepalive" -> "a reverse proxy, connections that stay on both sides";
            case "proxy-stream" -> "a reverse proxy, large bodies";
            default -> "";
        };
    }
}
