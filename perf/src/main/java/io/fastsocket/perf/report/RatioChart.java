package io.fastsocket.perf.report;

import io.fastsocket.perf.compare.Spread;
import java.util.List;

/** Ratios around 1: a mark for each median, with its range, on a scale on which double and half are equally far. */
final class RatioChart {
    private static final int MIDDLE = Rows.BAR_TOP + Rows.BAR_HEIGHT / 2;
    private static final int CAP_HALF = 4;

    /** One ratio. */
    record Row(String name, String nameStyle, Spread ratio) {}

    private RatioChart() {}

    /** @param moreIsBetter whether a ratio above 1 is what one wants, else one below */
    static Markup of(String title, List<Row> rows, boolean moreIsBetter) {
        double min = rows.stream().mapToDouble(row -> row.ratio().min()).min().orElse(1);
        double max = rows.stream().mapToDouble(row -> row.ratio().max()).max().orElse(1);
        List<Double> ticks = Ticks.around(Math.min(1, min), Math.max(1, max));
        Scale scale = Scale.logarithmic(ticks, Rows.LEFT, Rows.RIGHT);
        Markup svg = Rows.open(title, rows.size(), scale, ticks, Numbers::brief);
        svg.empty(
                "line",
                "class",
                "one",
                "x1",
                scale.percentAt(1),
                "x2",
                scale.percentAt(1),
                "y1",
                0,
                "y2",
                rows.size() * Rows.ROW_HEIGHT + 4);
        for (int i = 0; i < rows.size(); i++) {
            row(svg, rows.get(i), scale, i * Rows.ROW_HEIGHT, moreIsBetter);
        }
        return svg.close();
    }

    private static void row(Markup svg, Row row, Scale scale, int top, boolean moreIsBetter) {
        Spread ratio = row.ratio();
        Verdict verdict = Verdict.of(ratio, moreIsBetter);
        String value = Numbers.ratio(ratio.median());
        String range = Numbers.range(ratio, Numbers::ratio);
        svg.open("g", "class", "verdict-" + verdict.style())
                .element("title", row.name() + ": " + value + " (" + range + "), " + verdict.words());
        Rows.label(svg, top, row.nameStyle(), row.name(), value, range);
        Rows.whisker(svg, "ratio", scale.at(ratio.min()), scale.at(ratio.max()), top + MIDDLE, CAP_HALF);
        svg.empty(
                        "use",
                        "class",
                        "verdict",
                        "href",
                        "#" + verdict.mark(),
                        "x",
                        scale.percentAt(ratio.median()),
                        "y",
                        top + MIDDLE)
                .close();
    }
}
