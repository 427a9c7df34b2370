package io.fastsocket.perf.report;

import io.fastsocket.perf.compare.Spread;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** Numbers as people read them: three digits that count, and a unit that no line break parts from them. */
final class Numbers {
    private static final String BLANK = "\u00a0";
    private static final double THOUSAND = 1e3;
    private static final double MILLION = 1e6;
    private static final double KIBIBYTE = 1024;

    /** From here on three digits make the next unit's 1.00. */
    private static final double ALMOST = 999.5;

    private Numbers() {}

    /** With k and M for thousands and millions. */
    static String brief(double value) {
        double size = Math.abs(value);
        if (size >= ALMOST * THOUSAND) {
            return digits(value / MILLION) + BLANK + "M";
        }
        return size >= ALMOST ? digits(value / THOUSAND) + BLANK + "k" : digits(value);
    }

    /** A time in microseconds, in the unit that suits it. */
    static String micros(double value) {
        if (value >= ALMOST * THOUSAND) {
            return digits(value / MILLION) + BLANK + "s";
        }
        return value >= ALMOST ? digits(value / THOUSAND) + BLANK + "ms" : digits(value) + BLANK + "µs";
    }

    static String bytes(double value) {
        if (Math.abs(value) >= KIBIBYTE * KIBIBYTE) {
            return digits(value / (KIBIBYTE * KIBIBYTE)) + BLANK + "MiB";
        }
        return Math.abs(value) >= KIBIBYTE ? digits(value / KIBIBYTE) + BLANK + "KiB" : digits(value) + BLANK + "B";
    }

    /** All its digits: 64, 99.99. */
    static String precisely(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share) + BLANK + "%";
    }

    static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value) + "×";
    }

    /** The ends of a spread. */
    static String range(Spread spread, DoubleFunction<String> words) {
        return words.apply(spread.min()) + "–" + words.apply(spread.max());
    }

    private static String digits(double value) {
        double size = Math.abs(value);
        int places = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
        String text = String.format(Locale.ROOT, "%." + places + "f", value);
        return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
    }
}
