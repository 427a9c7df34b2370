package io.fastsocket.perf.report;

import java.util.ArrayList;
import java.util.List;

/** Round numbers for an axis. The first and the last of them are its ends. */
final class Ticks {
    private static final double[] ROUND = {1, 2, 5};
    private static final int STEPS_MAX = 5;
    private static final int LOGARITHMIC_MAX = 7;

    /** What a sum of doubles may be off. */
    private static final double SLACK = 1e-9;

    private Ticks() {}

    /** From 0 to a value or just above it, at most five equal steps of 1, 2 or 5 times a power of ten. */
    static List<Double> upTo(double max) {
        if (!(max > Double.MIN_NORMAL && Double.isFinite(max))) {
            return List.of(0.0, 1.0);
        }
        double step = atLeast(max / STEPS_MAX);
        List<Double> ticks = new ArrayList<>(List.of(0.0, step));
        while (ticks.get(ticks.size() - 1) < max * (1 - SLACK)) {
            ticks.add(ticks.size() * step);
        }
        return ticks;
    }

    /**
     * Of a logarithmic axis that holds two values: 1, 2 and 5 times powers of ten, or these powers alone where that would be
     * too many.
     *
     * @param min more than 0
     * @param max at least {@code min}
     */
    static List<Double> around(double min, double max) {
        List<Double> fine = around(min, max, ROUND);
        return fine.size() <= LOGARITHMIC_MAX ? fine : around(min, max, 1);
    }

    private static List<Double> around(double min, double max, double... multiples) {
        List<Double> ticks = new ArrayList<>();
        int power = (int) Math.floor(Math.log10(Math.max(min, Double.MIN_NORMAL)) + SLACK);
        for (int i = 0; ticks.size() < 2 || ticks.get(ticks.size() - 1) < max * (1 - SLACK); i++) {
            double tick = multiples[i % multiples.length] * Math.pow(10, power + i / multiples.length);
            if (!ticks.isEmpty() && tick <= min * (1 + SLACK)) {
                ticks.clear();
            }
            ticks.add(tick);
        }
        return ticks;
    }

    /** The smallest round number that is not below a value. */
    private static double atLeast(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double round : ROUND) {
            if (round * power >= value * (1 - SLACK)) {
                return round * power;
            }
        }
        return 10 * power;
    }
}
