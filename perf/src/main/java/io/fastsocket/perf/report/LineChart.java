package io.fastsocket.perf.report;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Lines over a logarithmic axis, each with its name at its end and a mark of its own at every point. */
final class LineChart {
    private static final int WIDTH = 620;
    private static final int HEIGHT = 300;
    private static final int LEFT = 60;
    private static final int RIGHT = 190;
    private static final int BOTTOM = 40;
    private static final int TOP = 10;
    private static final int NAME_HEIGHT = 14;

    /** A place on a line. */
    record Point(double x, double y) {}

    /** @param style the class of its colour */
    record Line(String name, String style, List<Point> points) {}

    /** A tick of the horizontal axis that has another name than its number. */
    record Tick(double x, String name) {}

    private LineChart() {}

    static Markup of(String title, String xName, List<Line> lines, List<Tick> ticks, boolean logarithmic) {
        double xMin = ticks.stream().mapToDouble(Tick::x).min().orElse(1);
        double xMax = ticks.stream().mapToDouble(Tick::x).max().orElse(10);
        Axis x = new Axis(xMin, xMax > xMin ? xMax : xMin * 2, LEFT, WIDTH - RIGHT, true);
        Axis y = vertical(lines, logarithmic);
        Markup svg = new Markup()
                .open("svg", "viewBox", "0 0 " + WIDTH + " " + HEIGHT, "role", "img", "aria-label", title)
                .element("title", title);
        for (double tick : y.ticks()) {
            svg.empty("line", "class", "grid", "x1", LEFT, "x2", WIDTH - RIGHT, "y1", y.at(tick), "y2", y.at(tick))
                    .element("text", Numbers.brief(tick), "class", "label", "x", LEFT - 6, "y", y.at(tick) + 4);
        }
        for (Tick tick : ticks) {
            svg.element("text", tick.name(), "class", "tick", "x", x.at(tick.x()), "y", HEIGHT - BOTTOM + 16);
        }
        svg.element("text", xName, "class", "tick", "x", (LEFT + WIDTH - RIGHT) / 2.0, "y", HEIGHT - 6);
        double[] nameAt = namePlaces(lines, y);
        for (int i = 0; i < lines.size(); i++) {
            draw(svg, lines.get(i), x, y, nameAt[i], i);
        }
        return svg.close("svg");
    }

    private static Axis vertical(List<Line> lines, boolean logarithmic) {
        double max = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::y)
                .max()
                .orElse(1);
        double min = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::y)
                .filter(value -> value > 0)
                .min()
                .orElse(max);
        return logarithmic ? Axis.logarithmic(min, max, HEIGHT - BOTTOM, TOP) : Axis.linear(max, HEIGHT - BOTTOM, TOP);
    }

    /** Beside the last point of each line, moved apart where they would lie on each other. */
    private static double[] namePlaces(List<Line> lines, Axis y) {
        double[] places = new double[lines.size()];
        Integer[] order = new Integer[lines.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
            List<Point> points = lines.get(i).points();
            places[i] = y.at(points.get(points.size() - 1).y());
        }
        Arrays.sort(order, Comparator.comparingDouble(i -> places[i]));
        for (int i = 1; i < order.length; i++) {
            places[order[i]] = Math.max(places[order[i]], places[order[i - 1]] + NAME_HEIGHT);
        }
        double over = order.length == 0 ? 0 : Math.max(0, places[order[order.length - 1]] - (HEIGHT - BOTTOM));
        for (int i = 0; i < places.length; i++) {
            places[i] -= over;
        }
        return places;
    }

    private static void draw(Markup svg, Line line, Axis x, Axis y, double nameAt, int index) {
        StringBuilder path = new StringBuilder();
        for (Point point : line.points()) {
            path.append(path.isEmpty() ? "M" : " L")
                    .append(String.format(Locale.ROOT, "%.1f %.1f", x.at(point.x()), y.at(point.y())));
        }
        svg.empty("path", "class", "line " + line.style(), "d", path, "stroke-dasharray", dashes(index));
        for (Point point : line.points()) {
            svg.empty("circle", "class", line.style(), "cx", x.at(point.x()), "cy", y.at(point.y()), "r", 3);
        }
        Point last = line.points().get(line.points().size() - 1);
        svg.empty(
                        "line",
                        "class",
                        "grid",
                        "x1",
                        x.at(last.x()),
                        "y1",
                        y.at(last.y()),
                        "x2",
                        WIDTH - RIGHT + 14,
                        "y2",
                        nameAt)
                .element("text", line.name(), "class", "name", "x", WIDTH - RIGHT + 18, "y", nameAt + 4);
    }

    private static String dashes(int index) {
        return switch (index % 3) {
            case 0 -> "none";
            case 1 -> "6 3";
            default -> "2 3";
        };
    }
}
