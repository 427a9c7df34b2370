package io.fastsocket.perf.report;

import io.fastsocket.perf.compare.Spread;
import java.util.Locale;

/** What a ratio and its range say. */
enum Verdict {
    BETTER("better in every round"),
    UNDECIDED("undecided: the range holds 1"),
    WORSE("worse in every round");

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    /** @param moreIsBetter whether a ratio above 1 is what one wants, else one below */
    static Verdict of(Spread ratio, boolean moreIsBetter) {
        if (ratio.min() <= 1 && ratio.max() >= 1) {
            return UNDECIDED;
        }
        return ratio.min() > 1 == moreIsBetter ? BETTER : WORSE;
    }

    String words() {
        return words;
    }

    String style() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name that the patterns have for its mark. */
    String mark() {
        return "verdict-" + style();
    }
}
