package io.fastsocket.perf.report;

import java.util.Locale;

/** Numbers as people read them. */
final class Numbers {
    private Numbers() {}

    /** Three digits that count, with k and M for thousands and millions. */
    static String brief(double value) {
        double size = Math.abs(value);
        if (size >= 999_500) {
            return digits(value / 1e6) + " M";
        }
        return size >= 999.5 ? digits(value / 1e3) + " k" : digits(value);
    }

    private static String digits(double value) {
        double size = Math.abs(value);
        int places = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
        String text = String.format(Locale.ROOT, "%." + places + "f", value);
        return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
    }
}
