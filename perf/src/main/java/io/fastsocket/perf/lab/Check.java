package io.fastsocket.perf.lab;

/**
 * One figure that a bed must reach.
 *
 * @param what of which phase
 * @param expected the bound, for people
 * @param actual what was measured
 * @param passed whether it holds
 */
record Check(String what, String expected, String actual, boolean passed) {
    static Check atLeast(String what, double bound, double actual) {
        return new Check(what, ">= " + percent(bound), percent(actual), actual >= bound);
    }

    static Check between(String what, double lowest, double highest, double actual) {
        return new Check(
                what,
                percent(lowest) + " to " + percent(highest),
                percent(actual),
                actual >= lowest && actual <= highest);
    }

    static Check within(String what, int bound, int actual) {
        return new Check(
                what, "<= " + bound, actual < 0 ? "never" : Integer.toString(actual), actual >= 0 && actual <= bound);
    }

    private static String percent(double share) {
        return String.format("%.2f %%", 100 * share);
    }
}
