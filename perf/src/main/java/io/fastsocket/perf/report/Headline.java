package io.fastsocket.perf.report;

import io.fastsocket.perf.compare.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The paragraph that says how this project's servers do against stock Netty. */
final class Headline {
    private Headline() {}

    static Markup of(Results results) {
        List<Comparison> comparisons = Comparison.of(results);
        Markup paragraph = new Markup();
        if (comparisons.isEmpty()) {
            return paragraph;
        }
        paragraph.open("p", "class", "headline").text("Against stock Netty on the same engine");
        List<String> tallies = new ArrayList<>();
        tally("the rate", comparisons.stream().flatMap(c -> c.rate().stream()).toList(), true, tallies);
        tally(
                "the CPU time per request",
                comparisons.stream().flatMap(c -> c.cpu().stream()).toList(),
                false,
                tallies);
        paragraph.text(", " + String.join("; ", tallies) + ". The fastest of this project's servers over its twin: ");
        String separator = "";
        for (Comparison comparison : fastest(comparisons)) {
            paragraph
                    .text(separator)
                    .element("strong", comparison.work())
                    .text(" ")
                    .text(String.join(" and ", ratios(comparison)))
                    .text(" (" + comparison.server().brief() + ")");
            separator = "; ";
        }
        return paragraph.text(".").close();
    }

    private static void tally(String what, List<Spread> ratios, boolean moreIsBetter, List<String> tallies) {
        if (ratios.isEmpty()) {
            return;
        }
        Function<Verdict, Long> count = verdict -> ratios.stream()
                .filter(ratio -> Verdict.of(ratio, moreIsBetter) == verdict)
                .count();
        tallies.add(what + " is better in every round in " + count.apply(Verdict.BETTER) + " of " + ratios.size()
                + " comparisons, undecided in " + count.apply(Verdict.UNDECIDED) + " and worse in "
                + count.apply(Verdict.WORSE));
    }

    /** The first of each kind of work, as they come by rate. */
    private static Iterable<Comparison> fastest(List<Comparison> comparisons) {
        Map<String, Comparison> byWork = new LinkedHashMap<>();
        comparisons.forEach(comparison -> byWork.putIfAbsent(comparison.work(), comparison));
        return byWork.values();
    }

    private static List<String> ratios(Comparison comparison) {
        List<String> ratios = new ArrayList<>();
        comparison.rate().ifPresent(rate -> ratios.add(words(rate) + " the rate"));
        comparison.cpu().ifPresent(cpu -> ratios.add(words(cpu) + " the CPU time"));
        return ratios;
    }

    private static String words(Spread ratio) {
        return Numbers.ratio(ratio.median()) + " (" + Numbers.range(ratio, Numbers::ratio) + ")";
    }
}
