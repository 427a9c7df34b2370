package io.fastsocket.perf.report;

import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * Lines over a logarithmic axis. As wide as the page lets it be: places across are in percent, and the curves are in a box that
 * stretches.
 */
final class LineChart {
    private static final int TOP = 18;
    private static final int HEIGHT = 280;
    private static final int TICKS_HEIGHT = 20;
    private static final int NAME_HEIGHT = 22;

    /** Leaves room for the labels of the vertical axis, which stand on its lines. */
    private static final double LEFT = 13;

    private static final double RIGHT = 97;

    /** The width of the box of the curves, in its own units. */
    private static final int BOX = 1000;

    private static final int MARKS_MAX = 8;

    /** A place on a line. */
    record Point(double x, double y) {}

    /** A server's points, from left to right. */
    record Line(Server server, List<Point> points) {}

    /** A round value and what is written there. */
    record Tick(double value, String words) {}

    /**
     * An axis.
     *
     * @param ticks the first and the last are its ends; more than one
     */
    record Axis(String name, List<Tick> ticks, boolean logarithmic) {
        static Axis of(String name, List<Double> ticks, boolean logarithmic, DoubleFunction<String> words) {
            return new Axis(
                    name,
                    ticks.stream()
                            .map(tick -> new Tick(tick, words.apply(tick)))
                            .toList(),
                    logarithmic);
        }

        private Scale scale(double start, double end) {
            return new Scale(ticks.get(0).value(), ticks.get(ticks.size() - 1).value(), start, end, logarithmic);
        }
    }

    private LineChart() {}

    static Markup of(String title, Axis x, Axis y, List<Line> lines) {
        Scale across = x.scale(LEFT, RIGHT);
        Scale up = y.scale(TOP + HEIGHT, TOP);
        Markup svg = new Markup()
                .open(
                        "svg",
                        "role",
                        "img",
                        "class",
                        "plot",
                        "width",
                        "100%",
                        "height",
                        TOP + HEIGHT + TICKS_HEIGHT + NAME_HEIGHT)
                .element("title", title);
        for (Tick tick : y.ticks()) {
            double place = up.at(tick.value());
            svg.empty("line", "class", "grid", "x1", "0", "x2", "100%", "y1", place, "y2", place)
                    .element("text", tick.words(), "class", "tick start", "x", "0", "y", place - 4);
        }
        for (Tick tick : x.ticks()) {
            String place = across.percentAt(tick.value());
            svg.empty("line", "class", "grid", "x1", place, "x2", place, "y1", TOP, "y2", TOP + HEIGHT + 4)
                    .element(
                            "text", tick.words(), "class", "tick middle", "x", place, "y", TOP + HEIGHT + TICKS_HEIGHT);
        }
        svg.element(
                "text",
                x.name(),
                "class",
                "tick middle",
                "x",
                Scale.percent((LEFT + RIGHT) / 2),
                "y",
                TOP + HEIGHT + TICKS_HEIGHT + NAME_HEIGHT - 4);
        Scale inBox = x.scale(0, BOX);
        // Ours last, on top of the others.
        lines.stream().filter(line -> !line.server().isOurs()).forEach(line -> draw(svg, line, across, inBox, up));
        lines.stream().filter(line -> line.server().isOurs()).forEach(line -> draw(svg, line, across, inBox, up));
        return svg.close();
    }

    private static void draw(Markup svg, Line line, Scale across, Scale inBox, Scale up) {
        Server server = line.server();
        svg.open("g", "class", "series " + server.style())
                .element("title", server.name())
                .open(
                        "svg",
                        "x",
                        Scale.percent(LEFT),
                        "y",
                        0,
                        "width",
                        Scale.percent(RIGHT - LEFT),
                        "height",
                        TOP + HEIGHT,
                        "viewBox",
                        "0 0 " + BOX + " " + (TOP + HEIGHT),
                        "preserveAspectRatio",
                        "none",
                        "overflow",
                        "visible")
                .empty(
                        "path",
                        "class",
                        server.isOurs() ? "line ours" : "line",
                        "d",
                        path(line.points(), inBox, up),
                        "stroke-dasharray",
                        server.dashes())
                .close();
        int step = (line.points().size() + MARKS_MAX - 1) / MARKS_MAX;
        for (int i = 0; i < line.points().size(); i += step) {
            Point point = line.points().get(i);
            svg.empty(
                    "use",
                    "class",
                    "mark",
                    "href",
                    "#mark-" + server.look().style(),
                    "x",
                    across.percentAt(point.x()),
                    "y",
                    up.at(point.y()));
        }
        svg.close();
    }

    private static String path(List<Point> points, Scale across, Scale up) {
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            path.append(path.isEmpty() ? 'M' : 'L')
                    .append(String.format(Locale.ROOT, "%.1f %.1f", across.at(point.x()), up.at(point.y())));
        }
        return path.toString();
    }
}
