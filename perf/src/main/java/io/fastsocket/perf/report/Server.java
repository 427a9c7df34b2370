package io.fastsocket.perf.report;

/**
 * A server in the report.
 *
 * @param nth its place among the servers of its look, from 0, which tells their lines apart
 */
record Server(String name, Look look, int nth) {
    private static final String[] DASHES = {"none", "7 4", "2 3", "9 3 2 3"};
    private static final int NAME_MAX = 36;
    private static final int NAME_START = 20;

    boolean isOurs() {
        return look == Look.OURS;
    }

    /** What fits a plot. */
    String brief() {
        return name.length() <= NAME_MAX
                ? name
                : name.substring(0, NAME_START) + "…" + name.substring(name.length() - (NAME_MAX - NAME_START - 1));
    }

    String dashes() {
        return DASHES[nth % DASHES.length];
    }

    /** The class of what is drawn for it. */
    String style() {
        return "look-" + look.style();
    }

    /** The class of its name. */
    String nameStyle() {
        return isOurs() ? "name ours" : "name";
    }
}
