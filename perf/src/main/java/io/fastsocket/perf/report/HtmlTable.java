package io.fastsocket.perf.report;

import java.util.List;

/** A table that scrolls by itself where the page is too narrow for it. */
final class HtmlTable {
    private final Markup markup = new Markup();

    private HtmlTable(String style, List<String> heads) {
        markup.open("div", "class", "scroll", "tabindex", "0")
                .open("table", "class", style)
                .open("thead")
                .open("tr");
        heads.forEach(head -> markup.element("th", head, "scope", "col"));
        markup.close().close().open("tbody");
    }

    /** A first column of names, and numbers. */
    static HtmlTable ofNumbers(List<String> heads) {
        return new HtmlTable("numbers", heads);
    }

    static HtmlTable ofWords(String... heads) {
        return new HtmlTable("words", List.of(heads));
    }

    /** A row of texts; the first one is its name. */
    void row(String nameStyle, List<String> cells) {
        markup.open("tr").element("th", cells.get(0), "scope", "row", "class", nameStyle);
        cells.subList(1, cells.size()).forEach(cell -> markup.element("td", cell));
        markup.close();
    }

    /** A row of texts and of pieces of markup. */
    void row(Object... cells) {
        markup.open("tr");
        for (Object cell : cells) {
            if (cell instanceof Markup piece) {
                markup.open("td").add(piece).close();
            } else {
                markup.element("td", cell);
            }
        }
        markup.close();
    }

    /** The whole table; no row may follow. */
    Markup end() {
        return markup.close().close().close();
    }
}
