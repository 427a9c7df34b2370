package io.fastsocket.perf.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class HtmlReportTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String RATES =
            """
            {"environment": {"kernel": "6.18 <b>"}, "options": {"commandLine": "fastsocket bench --quick", "connections": 64},
             "notes": ["a note & more"],
             "summary": [
               {"work": "new", "server": "fastsocket-io_uring",
                "requestsPerSecond": {"median": 200, "min": 100, "max": 250},
                "cpuMicrosPerRequest": {"median": 10, "min": 9, "max": 11},
                "requestsPerSecondOverStock": {"median": 1.5, "min": 1.25, "max": 1.75},
                "cpuMicrosPerRequestOverStock": {"median": 0.5, "min": 0.5, "max": 0.5}%s},
               {"work": "new", "server": "<script>x</script>",
                "requestsPerSecond": {"median": 50, "min": 50, "max": 50},
                "cpuMicrosPerRequest": {"median": 20, "min": 20, "max": 20}}],
             "rounds": [{"work": "new", "round": 1, "server": "fastsocket-io_uring", "requestsPerSecond": 100,
               "cpuMicrosPerRequest": 10}]%s}
            """;

    @Test
    void isWellFormedAndEscapesWhatComesFromOutside() throws Exception {
        Document page = page(RATES.formatted("", ""));

        assertThat(texts(page, "script")).isEmpty();
        assertThat(page.getDocumentElement().getTextContent())
                .contains("<script>x</script>", "6.18 <b>", "a note & more", "./fastsocket bench --quick")
                .contains("new, fastsocket-io_uring: 1.50 (1.25..1.75) times the rate, 0.50 (0.50..0.50) times");
    }

    @Test
    void leavesOutWhatWasNotMeasured() throws Exception {
        assertThat(texts(page(RATES.formatted("", "")), "h2"))
                .isEqualTo("Beside stock Netty on the same engine|Work: new|How it was measured|");
    }

    @Test
    void drawsTheMedianAsABarTheRangeAsALineAndRoundsAsDots() throws Exception {
        Document page = page(RATES.formatted("", ""));

        // 0 to 250 requests/s from 190 to 560.
        Element bar = (Element) page.getElementsByTagName("rect").item(0);
        assertThat(bar.getAttribute("class")).isEqualTo("fastsocket");
        assertThat(Double.parseDouble(bar.getAttribute("width"))).isEqualTo(370 * 200 / 250.0);
        Element range = elementOfClass(page, "line", "range");
        assertThat(Double.parseDouble(range.getAttribute("x1"))).isEqualTo(190 + 370 * 100 / 250.0);
        assertThat(Double.parseDouble(range.getAttribute("x2"))).isEqualTo(190 + 370.0);
        Element dot = elementOfClass(page, "circle", "round");
        assertThat(Double.parseDouble(dot.getAttribute("cx"))).isEqualTo(190 + 370 * 100 / 250.0);
    }

    @Test
    void showsAllThatWasMeasured() throws Exception {
        String latency =
                """
                , "latency": {"ratePerSecond": 70, "micros": {"p50": {"median": 100}, "p90": {"median": 200},
                  "p99": {"median": 300}, "p999": {"median": 4000}}},
                "cpuByKind": {"kernel": 0.75, "java": 0.25},
                "functions": [{"name": "tcp_v4_rcv", "kind": "kernel", "share": 0.125}]
                """;
        String more =
                """
                , "aims": [
                  {"what": "ours / other", "figure": "rate", "operator": ">=", "aim": 1.4, "met": false, "floor": 1.2,
                   "measured": {"median": 1.1, "min": 1.0, "max": 1.3}},
                  {"what": "ours / third", "figure": "cpu", "operator": "<=", "aim": 0.65, "met": true,
                   "measured": {"median": 0.5, "min": 0.4, "max": 0.6}}],
                "sweep": [{"work": "new", "server": "nginx", "connections": 64, "loops": 1, "cpuMicrosPerRequest": 5},
                  {"work": "new", "server": "nginx", "connections": 64, "loops": 2, "cpuMicrosPerRequest": 6},
                  {"work": "new", "server": "nginx", "connections": 8, "loops": 2, "cpuMicrosPerRequest": 7}],
                "storms": [{"server": "nginx", "connections": 5000, "answered": 4999, "failed": 1, "slowConnects": 7,
                  "seconds": 0.5}],
                "idle": [{"server": "nginx", "connections": 100000, "heapBytesPerConnection": 0,
                  "nativeBytesPerConnection": 1234.4, "kernelBytesPerConnection": 8000}]
                """;
        Document page = page(RATES.formatted(latency, more));

        assertThat(texts(page, "h2"))
                .contains("Aims", "Cost against", "Memory of an idle connection", "Connections that come at once");
        assertThat(texts(page, "h3")).contains("Latency at 70 %", "CPU time goes", "by connections", "by loops");
        assertThat(texts(page, "td"))
                .contains("missed|", "met|", "tcp_v4_rcv|kernel|12.5|", "|7.5|2.5|0.0|0.0|", "nginx|5000|4999|1|7|0.5|")
                .contains("nginx|100000|0|1234|1234|8000|");
    }

    @Test
    void readsTheReportThatIsInTheRepository() throws Exception {
        Document page =
                page(JSON.readTree(Path.of("results/2026-11-22/bench.json").toFile()));

        assertThat(texts(page, "h2")).contains("Work: new", "Work: keepalive");
    }

    @Test
    void refusesWhatIsNoReport() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HtmlReport.of(JSON.readTree("{\"passed\": true}")))
                .withMessageStartingWith("no figures of fastsocket bench: summary=");
    }

    private static Document page(String json) throws Exception {
        return page(JSON.readTree(json));
    }

    private static Document page(JsonNode report) throws Exception {
        byte[] page = HtmlReport.of(report).getBytes(StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(page));
    }

    /** The texts of all elements of a name, each with a bar behind it. */
    private static String texts(Document page, String element) {
        StringBuilder texts = new StringBuilder();
        NodeList nodes = page.getElementsByTagName(element);
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.append(nodes.item(i).getTextContent()).append('|');
        }
        return texts.toString();
    }

    private static Element elementOfClass(Document page, String element, String styleClass) {
        NodeList nodes = page.getElementsByTagName(element);
        for (int i = 0; i < nodes.getLength(); i++) {
            if (((Element) nodes.item(i)).getAttribute("class").equals(styleClass)) {
                return (Element) nodes.item(i);
            }
        }
        throw new AssertionError("no " + element + " of class " + styleClass);
    }
}
