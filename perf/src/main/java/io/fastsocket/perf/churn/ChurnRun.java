package io.fastsocket.perf.churn;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Short connections in portions, with the server's footprint taken at rest after each. */
public final class ChurnRun {
    /** Fewer connections cannot be divided into the portions. */
    public static final long CONNECTIONS_MIN = 20;

    /** The first portion warms up; the second one ends where memory is taken as the reference. */
    private static final int[] PORTION_ENDS_PERCENT = {5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100};

    private static final int REFERENCE_INDEX = 1;

    private final ChurnLoad load;
    private final FootprintProbe probe;
    private final Consumer<String> progress;

    /**
     * How a run went.
     *
     * @param tally all connections
     * @param loadSeconds time the connections took, without the pauses in which footprints were taken
     * @param footprints one after each portion, the first after the warm-up
     * @param violations what grew beyond {@link GrowthBound}, or why that cannot be said
     */
    public record Result(ChurnTally tally, double loadSeconds, List<Footprint> footprints, List<String> violations) {
        public Result {
            footprints = List.copyOf(footprints);
            violations = List.copyOf(violations);
        }

        /** Whether no connection failed and nothing grew. */
        public boolean passed() {
            return tally.failed() == 0 && violations.isEmpty();
        }
    }

    /**
     * A run against the server that both the load and the probe are set on.
     *
     * @param progress takes a line after every portion
     */
    public ChurnRun(ChurnLoad load, FootprintProbe probe, Consumer<String> progress) {
        this.load = load;
        this.probe = probe;
        this.progress = progress;
    }

    /**
     * Makes the connections.
     *
     * @param connections at least {@link #CONNECTIONS_MIN}
     * @param limit time for all of them, pauses included
     * @throws IOException if the server's footprint cannot be taken, as when it has ended
     */
    public Result run(long connections, Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        // The first call leaves things in the JVM that later ones do not: it is no figure.
        int openFilesAtRest = probe.take(0, Integer.MAX_VALUE).openFiles();
        ChurnTally tally = ChurnTally.NONE;
        long loadNanos = 0;
        long done = 0;
        List<Footprint> footprints = new ArrayList<>();
        for (int percent : PORTION_ENDS_PERCENT) {
            long end = connections * percent / 100;
            long begun = System.nanoTime();
            ChurnTally portion = load.run(end - done, Duration.ofNanos(Math.max(0, deadline - begun)));
            long nanos = System.nanoTime() - begun;
            Footprint footprint = probe.take(end, openFilesAtRest);
            openFilesAtRest = footprint.openFiles();
            footprints.add(footprint);
            progress.accept(String.format(
                    Locale.ROOT,
                    "%d %%: %d connections, %.0f/s, %d failed",
                    percent,
                    end,
                    (end - done) * 1e9 / nanos,
                    tally.failed() + portion.failed()));
            tally = tally.plus(portion);
            loadNanos += nanos;
            done = end;
            if (System.nanoTime() - deadline >= 0) {
                break;
            }
        }
        if (done < connections) {
            tally = tally.plus(new ChurnTally(0, Map.of("not begun within the time limit", connections - done)));
        }
        return new Result(tally, loadNanos / 1e9, footprints, violations(footprints));
    }

    private static List<String> violations(List<Footprint> footprints) {
        if (footprints.size() < PORTION_ENDS_PERCENT.length) {
            return List.of("nothing can be said of growth: the run was cut off by its time limit");
        }
        return GrowthBound.violations(
                footprints.get(0), footprints.get(REFERENCE_INDEX), footprints.get(footprints.size() - 1));
    }
}
