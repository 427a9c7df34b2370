package io.fastsocket.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fastsocket.perf.compare.Spread;
import io.fastsocket.perf.server.ServerKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

class HtmlReportTest {
    private static final JsonMapper JSON = new JsonMapper();

    // ---- the whole page

    @Test
    void isWellFormedAndNamesEveryServerAndKindOfWork() throws IOException {
        Document page = page(sample());
        String words = page.getDocumentElement().getTextContent();
        for (JsonNode row : sample().path("summary")) {
            assertThat(words).contains(row.path("server").asText());
            assertThat(texts(page, "a")).contains(row.path("work").asText());
        }
        assertThat(ids(page)).containsExactly("aims", "ratios", "work-0", "work-1", "sweep", "idle", "storms", "about");
        assertThat(texts(page, "h1")).containsExactly("Fastsocket for Netty, side by side");
        assertThat(words).contains("2 January 2026, 03:04 UTC", "./fastsocket bench --work new,keepalive");
    }

    @Test
    void needsNoScriptAndAsksNothingOfAnyOtherPlace() throws IOException {
        Document page = page(sample());
        assertThat(texts(page, "script")).isEmpty();
        for (Element element : elements(page, "*")) {
            assertThat(element.hasAttribute("src")).as(element.getTagName()).isFalse();
            assertThat(element.getAttribute("href")).matches("|#.*|data:,");
        }
        assertThat(texts(page, "style")).singleElement().asString().doesNotContain("http", "@import", "<", "&");
    }

    @Test
    void everyPlotHasATitleAndEveryReferenceLeadsSomewhere() throws IOException {
        Document page = page(sample());
        List<Element> plots = elements(page, "svg").stream()
                .filter(svg -> svg.getAttribute("role").equals("img"))
                .toList();
        assertThat(plots).hasSizeGreaterThan(10).allSatisfy(svg -> assertThat(
                        svg.getElementsByTagName("title").item(0).getTextContent())
                .isNotBlank());
        List<String> anchors = elements(page, "*").stream()
                .map(element -> "#" + element.getAttribute("id"))
                .toList();
        elements(page, "*").stream()
                .map(element -> element.getAttribute("href"))
                .filter(href -> href.startsWith("#"))
                .forEach(href -> assertThat(anchors).contains(href));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<script>alert(1)</script>", "\"onload=x", "a & b", "]]>", "\u0000\ud800"})
    void escapesWhatComesFromOutside(String evil) throws IOException {
        String shown = evil.replaceAll("[\u0000\ud800]", "\ufffd");
        ObjectNode report = sample();
        ((ObjectNode) report.path("summary").path(0)).put("server", evil).put("work", evil);
        ((ObjectNode) report.path("environment")).put("jvm", evil);
        ((ObjectNode) report.path("options")).put("commandLine", evil);
        ((ObjectNode) report.path("aims").path(0)).put("what", evil).put("reason", evil);

        Document page = page(report);
        assertThat(texts(page, "script")).isEmpty();
        assertThat(elements(page, "*")).noneMatch(element -> element.hasAttribute("onload"));
        assertThat(texts(page, "th")).contains(shown);
        assertThat(texts(page, "code")).contains(shown);
    }

    // ---- what is not there

    @ParameterizedTest
    @CsvSource({"aims, aims", "sweep, sweep", "idle, idle", "storms, storms"})
    void leavesOutAPartWithoutFigures(String field, String id) throws IOException {
        assertThat(ids(page(sample()))).contains(id);
        ObjectNode without = sample();
        without.remove(field);
        assertThat(ids(page(without))).doesNotContain(id);
        assertThat(ids(page(sample().putNull(field)))).doesNotContain(id);
        assertThat(ids(page(sample().put(field, "no list")))).doesNotContain(id);
    }

    @ParameterizedTest
    @CsvSource({"latency, Latency by percentile", "functions, Where a request’s CPU time goes"})
    void leavesOutAFigureThatNoServerHas(String field, String title) throws IOException {
        assertThat(texts(page(sample()), "h3")).contains(title);
        ObjectNode without = sample();
        without.path("summary").forEach(row -> ((ObjectNode) row).remove(field));
        assertThat(texts(page(without), "h3")).doesNotContain(title);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "{\"summary\":[1,null,{},{\"server\":7},{\"server\":\"x\",\"work\":null}]}",
                "{\"summary\":[{\"server\":\"x\",\"work\":\"new\",\"requestsPerSecond\":{\"median\":1e999,\"min\":\"a\"},"
                        + "\"latency\":{\"percentiles\":[[100,1],[50],{},[50,-1],[90,3]]},\"functions\":[{}]}]}",
                "{\"summary\":[{\"server\":\"x\",\"work\":\"new\",\"requestsPerSecondOverStock\":{\"median\":0},"
                        + "\"cpuMicrosPerRequestOverStock\":{\"median\":4.9e-324}}]}",
                "{\"sweep\":[{\"server\":\"x\",\"connections\":1,\"loops\":0}],\"idle\":[{\"server\":\"x\"}],"
                        + "\"aims\":[{}],\"notes\":[{}],\"environment\":[],\"options\":{\"commandLine\":[1]}}"
            })
    void anythingMakesAPage(String json) throws IOException {
        assertThat(texts(page(JSON.readTree(json)), "h1")).hasSize(1);
    }

    @Test
    void takesAReportThatHasNotBeenWrittenYet() throws IOException {
        Map<String, Object> row = Map.of(
                "work", "new", "server", ServerKind.STOCK_NIO, "requestsPerSecond", new Spread(2, 1, Double.NaN));
        assertThat(parse(HtmlReport.of(Map.of("summary", List.of(row))))
                        .getDocumentElement()
                        .getTextContent())
                .contains("stock-nio");
    }

    // ---- what it says

    @Test
    void headlineGivesRatiosWithTheirRanges() throws IOException {
        ObjectNode report = JSON.createObjectNode();
        ObjectNode row = report.putArray("summary").addObject();
        row.put("work", "new").put("server", "fastsocket-epoll");
        row.set("requestsPerSecondOverStock", spread(1.2, 1.1, 1.3));
        row.set("cpuMicrosPerRequestOverStock", spread(0.8, 0.7, 1));
        assertThat(texts(page(report), "p").get(0))
                .contains(
                        "the rate is better in every round in 1 of 1 comparisons, undecided in 0 and worse in 0",
                        "the CPU time per request is better in every round in 0 of 1 comparisons, undecided in 1",
                        "new 1.20× (1.10×–1.30×) the rate and 0.80× (0.70×–1.00×) the CPU time (fastsocket-epoll).");
    }

    @Test
    void aimsSayInWordsWhetherTheyAreMet() throws IOException {
        Document page = page(sample());
        assertThat(texts(page, "h2")).contains("Aims: 2 of 3 met");
        assertThat(texts(page, "td")).contains("✓ met", "✗ not met", "≥ 1.40×", "≤ 0.65×");
    }

    // ---- where things are drawn

    @Test
    void whiskersDotsAndBarsAreWhereTheirValuesAre() throws IOException {
        ObjectNode report = JSON.createObjectNode();
        ObjectNode row = report.putArray("summary").addObject();
        row.put("work", "new").put("server", "fastsocket-epoll");
        row.set("requestsPerSecond", spread(60, 20, 100));
        report.putArray("rounds")
                .addObject()
                .put("work", "new")
                .put("server", "fastsocket-epoll")
                .put("requestsPerSecond", 40);
        Document page = page(report);

        // The axis goes from 0 at 0.5 % to 100 at 99.5 %.
        Element whisker = withClass(page, "whisker").get(0);
        assertThat(whisker.getAttribute("x1")).isEqualTo("20.30%");
        assertThat(whisker.getAttribute("x2")).isEqualTo("99.50%");
        Element bar = withClass(page, "bar look-ours").get(1);
        assertThat(bar.getAttribute("x")).isEqualTo("0.50%");
        assertThat(bar.getAttribute("width")).isEqualTo("59.40%");
        assertThat(withClass(page, "round").get(0).getAttribute("cx")).isEqualTo("40.10%");
        assertThat(withClass(page, "tick end").get(0).getTextContent()).isEqualTo("100");
    }

    @Test
    void theFastestServerComesFirst() throws IOException {
        Document page = page(JSON.readTree("{\"summary\":[" + row("nginx", 1) + "," + row("vertx", 3) + ","
                + "{\"work\":\"new\",\"server\":\"haproxy\"}," + row("stock-nio", 2) + "]}"));
        assertThat(texts(page, "text")).containsSubsequence("vertx", "stock-nio", "nginx", "haproxy", "not measured");
    }

    private static String row(String server, int rate) {
        return "{\"work\":\"new\",\"server\":\"" + server + "\",\"requestsPerSecond\":" + rate + "}";
    }

    // ---- pieces

    private static ObjectNode sample() throws IOException {
        try (InputStream in = HtmlReportTest.class.getResourceAsStream("sample-figures.json")) {
            return (ObjectNode) JSON.readTree(Objects.requireNonNull(in));
        }
    }

    private static ObjectNode spread(double median, double min, double max) {
        return JSON.createObjectNode().put("median", median).put("min", min).put("max", max);
    }

    private static Document page(JsonNode report) throws IOException {
        return parse(HtmlReport.of(report));
    }

    private static Document parse(String page) throws IOException {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(page)));
        } catch (ParserConfigurationException | SAXException e) {
            throw new AssertionError("not well-formed: " + e.getMessage(), e);
        }
    }

    private static List<Element> elements(Document page, String name) {
        NodeList nodes = page.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    /** What elements say, white space made one blank. */
    private static List<String> texts(Document page, String name) {
        return elements(page, name).stream()
                .map(element ->
                        element.getTextContent().replaceAll("[ \\n]+", " ").strip())
                .toList();
    }

    private static List<String> ids(Document page) {
        return elements(page, "section").stream()
                .map(section -> section.getAttribute("id"))
                .toList();
    }

    private static List<Element> withClass(Document page, String style) {
        return elements(page, "*").stream()
                .filter(element -> element.getAttribute("class").equals(style))
                .toList();
    }
}
