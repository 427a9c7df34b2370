package io.fastsocket.perf.report;

import io.fastsocket.perf.compare.Spread;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** This project's servers against their stock twins, all kinds of work in one view. */
final class RatiosPart {
    private RatiosPart() {}

    static Markup of(Results results) {
        List<Comparison> comparisons = Comparison.of(results);
        Markup part = new Markup();
        if (comparisons.isEmpty()) {
            return part;
        }
        part.open("section", "id", "ratios")
                .element("h2", "Against stock Netty on the same engine")
                .add(legend())
                .open("div", "class", "pair");
        plot(part, comparisons, "Rate over stock’s: right of 1 is better", Comparison::rate, true);
        plot(part, comparisons, "CPU per request over stock’s: left of 1 is better", Comparison::cpu, false);
        return part.close().close();
    }

    private static void plot(
            Markup part,
            List<Comparison> comparisons,
            String title,
            Function<Comparison, Optional<Spread>> ratio,
            boolean moreIsBetter) {
        List<RatioChart.Row> rows = comparisons.stream()
                .flatMap(comparison -> ratio.apply(comparison).stream()
                        .filter(spread -> spread.min() > 0)
                        .map(spread -> new RatioChart.Row(
                                comparison.work() + " · " + comparison.server().brief(), "name", spread)))
                .toList();
        if (!rows.isEmpty()) {
            part.open("figure")
                    .element("h3", title)
                    .add(RatioChart.of(title, rows, moreIsBetter))
                    .close();
        }
    }

    private static Markup legend() {
        Markup legend = new Markup().open("ul", "class", "legend");
        Arrays.stream(Verdict.values()).forEach(verdict -> legend.open("li")
                .open(
                        "svg",
                        "class",
                        "swatch verdict-" + verdict.style(),
                        "width",
                        16,
                        "height",
                        14,
                        "aria-hidden",
                        "true")
                .empty("use", "class", "verdict", "href", "#" + verdict.mark(), "x", 8, "y", 7)
                .close()
                .text(verdict.words())
                .close());
        return legend.close();
    }
}
