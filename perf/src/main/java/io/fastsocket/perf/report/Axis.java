package io.fastsocket.perf.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A scale from values to places in a plot.
 *
 * @param from the value at the start
 * @param to the value at the end
 * @param start the place of {@code from}
 * @param end the place of {@code to}
 * @param logarithmic whether equal ratios are equally long; then both values are above 0
 */
record Axis(double from, double to, double start, double end, boolean logarithmic) {
    private static final double[] STEPS = {1, 2, 5, 10};

    /** From 0 to at least a value, with round ticks. */
    static Axis linear(double max, double start, double end) {
        double step = step(max);
        return new Axis(0, Math.max(step, Math.ceil(max / step) * step), start, end, false);
    }

    /** From a power of ten to another, which hold two values. */
    static Axis logarithmic(double min, double max, double start, double end) {
        double from = Math.pow(10, Math.floor(Math.log10(min)));
        double to = Math.pow(10, Math.ceil(Math.log10(max)));
        return new Axis(from, to > from ? to : from * 10, start, end, true);
    }

    /** 1, 2 or 5 times a power of ten, four or five of them up to a value. */
    private static double step(double max) {
        if (!(max > 0)) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(max / 4)));
        for (double step : STEPS) {
            if (step * power * 5 >= max) {
                return step * power;
            }
        }
        return 10 * power;
    }

    /** Where a value is. */
    double at(double value) {
        double share = logarithmic
                ? Math.log(Math.max(value, from) / from) / Math.log(to / from)
                : (value - from) / (to - from);
        return start + Math.min(1, share) * (end - start);
    }

    /** Values to be written beside it. */
    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            for (double tick = from; tick <= to * 1.001; tick *= 10) {
                ticks.add(tick);
            }
        } else {
            double step = step(to);
            for (int i = 0; i * step <= to * 1.001; i++) {
                ticks.add(i * step);
            }
        }
        return ticks;
    }
}
