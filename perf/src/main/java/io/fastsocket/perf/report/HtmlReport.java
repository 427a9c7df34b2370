package io.fastsocket.perf.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fastsocket.affinity.cli.JsonText;
import java.util.List;
import java.util.Map;

/**
 * The JSON object of {@code fastsocket bench} as one page to look at: plots in SVG, no script, nothing asked of any other place.
 * It is well-formed XML. What the object does not have, or has in another form, is left out. Safe for use by any thread.
 */
public final class HtmlReport {
    private static final JsonMapper MAPPER = new JsonMapper();

    private static final String TITLE = "Fastsocket for Netty, side by side";

    private HtmlReport() {}

    /**
     * The page of a report that has not been written yet.
     *
     * @param report maps, lists, records, enums, texts and numbers, as {@link JsonText} takes them
     * @throws IllegalArgumentException if it holds anything else
     */
    public static String of(Map<String, ?> report) {
        try {
            return of(MAPPER.readTree(JsonText.oneLine(report)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot read JSON just written", e);
        }
    }

    /** The page of a report read from JSON. */
    public static String of(JsonNode report) {
        Results results = new Results(report);
        Markup page = new Markup()
                .open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en")
                .add(head())
                .open("body")
                .add(Resource.PATTERNS)
                .add(header(results))
                .open("main")
                .add(AimsPart.of(results))
                .add(RatiosPart.of(results));
        List<String> works = results.works();
        for (int i = 0; i < works.size(); i++) {
            page.add(WorkPart.of(results, works.get(i), i));
        }
        page.add(SweepPart.of(results))
                .add(IdlePart.of(results))
                .add(StormsPart.of(results))
                .add(AboutPart.of(results))
                .close()
                .close()
                .close();
        return "<!DOCTYPE html>\n" + page;
    }

    private static Markup head() {
        return new Markup()
                .open("head")
                .empty("meta", "charset", "utf-8")
                .empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .empty(
                        "meta",
                        "http-equiv",
                        "Content-Security-Policy",
                        "content",
                        "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
                // Else a browser asks the server of the page for an icon.
                .empty("link", "rel", "icon", "href", "data:,")
                .element("title", TITLE)
                .open("style")
                .add(Resource.STYLE)
                .close()
                .close();
    }

    private static Markup header(Results results) {
        Markup header = new Markup().open("header").element("h1", TITLE);
        String about = AboutPart.inOneLine(results);
        if (!about.isEmpty()) {
            header.element("p", about, "class", "note");
        }
        header.add(Headline.of(results));
        List<String> works = results.works();
        if (works.size() > 1) {
            header.open("nav", "aria-label", "Kinds of work");
            for (int i = 0; i < works.size(); i++) {
                header.element("a", works.get(i), "href", "#" + WorkPart.anchor(i));
            }
            header.close();
        }
        return header.close();
    }
}
