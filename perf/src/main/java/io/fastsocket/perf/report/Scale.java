package io.fastsocket.perf.report;

import java.util.List;
import java.util.Locale;

/**
 * From values to places in a plot. What lies outside of its ends is shown at the nearer one.
 *
 * @param from the value at {@code start}
 * @param to the value at {@code end}
 * @param start a place, in pixels or in percent of the plot's width
 * @param end the same, less than {@code start} where the axis points up
 * @param logarithmic whether equal ratios are equally long; then both values are above 0
 */
record Scale(double from, double to, double start, double end, boolean logarithmic) {
    Scale {
        if (!(from < to) || (logarithmic && !(from > 0))) {
            throw new IllegalArgumentException("no scale: from=" + from + ", to=" + to + ", logarithmic=" + logarithmic
                    + " (expected from < to, and above 0 if logarithmic)");
        }
    }

    /** Between the first and the last of some ticks. */
    static Scale linear(List<Double> ticks, double start, double end) {
        return new Scale(ticks.get(0), ticks.get(ticks.size() - 1), start, end, false);
    }

    /** Between the first and the last of some ticks, by ratios. */
    static Scale logarithmic(List<Double> ticks, double start, double end) {
        return new Scale(ticks.get(0), ticks.get(ticks.size() - 1), start, end, true);
    }

    double at(double value) {
        double inside = Math.max(from, Math.min(to, value));
        double share = logarithmic ? Math.log(inside / from) / Math.log(to / from) : (inside - from) / (to - from);
        return start + share * (end - start);
    }

    /** The place as SVG takes it, of a scale in percent. */
    String percentAt(double value) {
        return percent(at(value));
    }

    static String percent(double place) {
        return String.format(Locale.ROOT, "%.2f%%", place);
    }
}
