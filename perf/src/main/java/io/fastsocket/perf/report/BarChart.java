package io.fastsocket.perf.report;

import java.util.List;

/** Horizontal bars of medians, with the range of the rounds as a line and each round as a dot. */
final class BarChart {
    private static final int WIDTH = 620;
    private static final int LABEL_WIDTH = 190;
    private static final int VALUE_WIDTH = 60;
    private static final int ROW = 24;
    private static final int BAR = 14;
    private static final int AXIS_HEIGHT = 22;

    /**
     * One bar.
     *
     * @param style the class of its colour
     * @param rounds what single rounds gave
     */
    record Bar(String label, String style, double median, double min, double max, List<Double> rounds) {}

    private BarChart() {}

    static Markup of(String title, List<Bar> bars) {
        double largest = bars.stream().mapToDouble(Bar::max).max().orElse(1);
        Axis axis = Axis.linear(largest, LABEL_WIDTH, WIDTH - VALUE_WIDTH);
        int height = bars.size() * ROW + AXIS_HEIGHT;
        Markup svg = new Markup()
                .open("svg", "viewBox", "0 0 " + WIDTH + " " + height, "role", "img", "aria-label", title)
                .element("title", title);
        for (double tick : axis.ticks()) {
            svg.empty(
                            "line",
                            "class",
                            "grid",
                            "x1",
                            axis.at(tick),
                            "x2",
                            axis.at(tick),
                            "y1",
                            0,
                            "y2",
                            height - AXIS_HEIGHT)
                    .element("text", Numbers.brief(tick), "class", "tick", "x", axis.at(tick), "y", height - 6);
        }
        for (int i = 0; i < bars.size(); i++) {
            row(svg, bars.get(i), axis, i * ROW + ROW / 2.0);
        }
        return svg.close("svg");
    }

    private static void row(Markup svg, Bar bar, Axis axis, double middle) {
        svg.element("text", bar.label(), "class", "label", "x", LABEL_WIDTH - 6, "y", middle + 4)
                .empty(
                        "rect",
                        "class",
                        bar.style(),
                        "x",
                        LABEL_WIDTH,
                        "y",
                        middle - BAR / 2.0,
                        "width",
                        axis.at(bar.median()) - LABEL_WIDTH,
                        "height",
                        BAR)
                .empty(
                        "line",
                        "class",
                        "range",
                        "x1",
                        axis.at(bar.min()),
                        "x2",
                        axis.at(bar.max()),
                        "y1",
                        middle,
                        "y2",
                        middle);
        for (double round : bar.rounds()) {
            svg.empty("circle", "class", "round", "cx", axis.at(round), "cy", middle, "r", 2);
        }
        svg.element(
                "text", Numbers.brief(bar.median()), "class", "value", "x", axis.at(bar.max()) + 6, "y", middle + 4);
    }
}
