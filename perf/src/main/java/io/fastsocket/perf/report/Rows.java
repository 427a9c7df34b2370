package io.fastsocket.perf.report;

import java.util.List;
import java.util.function.DoubleFunction;

/**
 * The frame of a plot of horizontal rows: across as wide as the page lets it be, so places are in percent; down in pixels, with a
 * line of text above each row's bar, so that long names fit a phone.
 */
final class Rows {
    static final int ROW_HEIGHT = 38;
    static final int TEXT_BASELINE = 15;
    static final int BAR_TOP = 20;
    static final int BAR_HEIGHT = 14;
    static final double LEFT = 0.5;
    static final double RIGHT = 99.5;
    private static final int AXIS_HEIGHT = 24;
    private static final int TICK_GAP = 7;

    /** Tick labels nearer to an edge than this are written inwards from it, percent. */
    private static final double EDGE = 4;

    private Rows() {}

    /** Opens the plot and draws its axis; the caller draws the rows and closes it. */
    static Markup open(String title, int rows, Scale scale, List<Double> ticks, DoubleFunction<String> words) {
        int bottom = rows * ROW_HEIGHT + 4;
        Markup svg = new Markup()
                .open("svg", "role", "img", "class", "plot", "width", "100%", "height", bottom + AXIS_HEIGHT)
                .element("title", title);
        for (double tick : ticks) {
            String x = scale.percentAt(tick);
            svg.empty("line", "class", "grid", "x1", x, "x2", x, "y1", 0, "y2", bottom)
                    .element(
                            "text",
                            words.apply(tick),
                            "class",
                            "tick " + anchor(scale.at(tick)),
                            "x",
                            x,
                            "y",
                            bottom + AXIS_HEIGHT - TICK_GAP);
        }
        return svg;
    }

    /** The name of a row and what it comes to, both with details that are left out where there is no room. */
    static void label(Markup svg, int top, String nameStyle, String name, String value, String detail) {
        int y = top + TEXT_BASELINE;
        svg.element("text", name, "class", nameStyle, "x", "0", "y", y)
                .open("text", "class", "value end", "x", "100%", "y", y)
                .text(value);
        if (!detail.isEmpty()) {
            svg.element("tspan", " " + detail, "class", "range");
        }
        svg.close();
    }

    /** A line from one end of a spread to the other, with a cap at both. */
    static void whisker(Markup svg, String style, double from, double to, int middle, int capHalf) {
        String x1 = Scale.percent(from);
        String x2 = Scale.percent(to);
        svg.empty("line", "class", style, "x1", x1, "x2", x2, "y1", middle, "y2", middle)
                .empty("line", "class", style, "x1", x1, "x2", x1, "y1", middle - capHalf, "y2", middle + capHalf)
                .empty("line", "class", style, "x1", x2, "x2", x2, "y1", middle - capHalf, "y2", middle + capHalf);
    }

    private static String anchor(double place) {
        if (place < EDGE) {
            return "start";
        }
        return place > 100 - EDGE ? "end" : "middle";
    }
}
