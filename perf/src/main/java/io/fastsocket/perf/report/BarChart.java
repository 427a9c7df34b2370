package io.fastsocket.perf.report;

import io.fastsocket.perf.compare.Spread;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;

/** Horizontal bars of medians, the range of the rounds as a whisker and each round as a dot. */
final class BarChart {
    private static final int CAP_HALF = 4;
    private static final int DOT_RADIUS = 3;

    /**
     * One bar.
     *
     * @param spread empty where it was not measured: the row stays, so that plots beside each other have the same rows
     * @param rounds what single rounds gave
     */
    record Bar(Server server, Optional<Spread> spread, List<Double> rounds) {}

    private BarChart() {}

    static Markup of(String title, List<Bar> bars, DoubleFunction<String> words) {
        double largest = bars.stream()
                .flatMap(bar -> bar.spread().stream())
                .mapToDouble(Spread::max)
                .max()
                .orElse(0);
        List<Double> ticks = Ticks.upTo(largest);
        Scale scale = Scale.linear(ticks, Rows.LEFT, Rows.RIGHT);
        Markup svg = Rows.open(title, bars.size(), scale, ticks, words);
        for (int i = 0; i < bars.size(); i++) {
            row(svg, bars.get(i), scale, i * Rows.ROW_HEIGHT, words);
        }
        return svg.close();
    }

    private static void row(Markup svg, Bar bar, Scale scale, int top, DoubleFunction<String> words) {
        Server server = bar.server();
        String value = bar.spread().map(spread -> words.apply(spread.median())).orElse("not measured");
        String range = bar.spread().map(spread -> Numbers.range(spread, words)).orElse("");
        svg.open("g").element("title", server.name() + ": " + value + " (" + range + ")");
        Rows.label(svg, top, server.nameStyle(), server.brief(), value, range);
        bar.spread().ifPresent(spread -> bar(svg, bar, spread, scale, top + Rows.BAR_TOP));
        svg.close();
    }

    private static void bar(Markup svg, Bar bar, Spread spread, Scale scale, int top) {
        int middle = top + Rows.BAR_HEIGHT / 2;
        svg.empty(
                "rect",
                "class",
                "bar " + bar.server().style(),
                "x",
                scale.percentAt(0),
                "y",
                top,
                "width",
                Scale.percent(scale.at(spread.median()) - scale.at(0)),
                "height",
                Rows.BAR_HEIGHT);
        if (spread.min() < spread.max()) {
            Rows.whisker(svg, "halo", scale.at(spread.min()), scale.at(spread.max()), middle, CAP_HALF);
            Rows.whisker(svg, "whisker", scale.at(spread.min()), scale.at(spread.max()), middle, CAP_HALF);
        }
        for (double round : bar.rounds()) {
            svg.empty("circle", "class", "round", "cx", scale.percentAt(round), "cy", middle, "r", DOT_RADIUS);
        }
    }
}
