package io.fastsocket.perf.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What came of a load. All counts are of requests due in the measured time, unless said otherwise: {@code begun} is the sum of
 * {@code answered} and all {@code errors}.
 *
 * @param seconds the measured time; where the number of requests ended it, until the last answer
 * @param requestsPerSecond answers of the right status that came within that time, over it
 * @param begun requests that were to be sent, their connections included
 * @param written requests handed to a connection: what the server can have seen
 * @param answered whole responses of status 2xx and 3xx
 * @param bytes of these responses, heads included
 * @param latency of these, from when the request was due, whatever kept it from being sent
 * @param latencyFromBegin of these, from when the request began, as closed-loop generators measure: in an open loop, what a stall
 *     keeps from being sent is missing here
 * @param errors the others, by kind; every kind is there
 * @param firstFailures what the first of each kind was, of those there were
 * @param connects connections opened in the measured time
 * @param slowConnects of these, those that took 0.9 s or longer: a SYN was lost
 * @param schedule how the schedule was kept; all 0 in a closed loop
 * @param warmUp the counts before the measured time
 * @param loops one for each loop
 * @param warnings why the figures are to be doubted, and what to do; empty if nothing is known
 */
public record LoadReport(
        double seconds,
        double requestsPerSecond,
        long begun,
        long written,
        long answered,
        long bytes,
        LatencyNanos latency,
        LatencyNanos latencyFromBegin,
        Map<LoadError, Long> errors,
        Map<LoadError, String> firstFailures,
        long connects,
        long slowConnects,
        Schedule schedule,
        WarmUp warmUp,
        List<LoopShare> loops,
        List<String> warnings) {

    /**
     * How an open loop kept its schedule.
     *
     * @param late requests that began over 1 ms after they were due
     * @param lateForConnection of these, those that waited for a connection to be free: the server kept them
     * @param ownLateNanosMax the most that one began late with a connection free: the generator kept it, or the machine
     * @param missed requests that were due and had not begun a timeout after the end
     */
    public record Schedule(long late, long lateForConnection, long ownLateNanosMax, long missed) {}

    /**
     * What was done before the measured time.
     *
     * @param begun as in the report, as are the others
     */
    public record WarmUp(
            long begun,
            long written,
            long answered,
            long failed,
            long connects,
            Map<LoadError, String> firstFailures) {}

    /**
     * One loop's part.
     *
     * @param loop its place, from 0
     * @param cpu the CPU it is pinned to, or -1
     * @param busyShare the share of the measured time that its thread was on a CPU, 0 to 1; NaN where the JVM does not tell
     * @param answered as in the report
     */
    public record LoopShare(int loop, int cpu, double busyShare, long answered) {}

    public LoadReport {
        errors = Collections.unmodifiableMap(new EnumMap<>(errors));
        firstFailures = Map.copyOf(firstFailures);
        loops = List.copyOf(loops);
        warnings = List.copyOf(warnings);
    }

    /** The number of requests that were not answered as they should be. */
    public long failed() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The report of loops that have ended. */
    static LoadReport of(LoadPlan plan, Timeline timeline, List<LoopLoad> loads, int[] cpus) {
        Tally measured = new Tally();
        Tally warmUp = new Tally();
        loads.forEach(load -> {
            measured.add(load.measured());
            warmUp.add(load.warmUp());
        });
        boolean endedByCount = measured.answered > 0 && loads.stream().allMatch(LoopLoad::reachedMax);
        long endNanos = endedByCount ? measured.lastAnswerNanos : timeline.endNanos();
        double seconds = Math.max(1, endNanos - timeline.measureNanos()) / 1e9;
        // What the warm-up left open comes in, as what is open at the end goes out, unless the count is exact.
        long inWindow = endedByCount ? measured.answered : measured.answeredInWindow + warmUp.answeredInWindow;
        List<LoopShare> loops = new ArrayList<>();
        for (int i = 0; i < loads.size(); i++) {
            LoopLoad load = loads.get(i);
            loops.add(new LoopShare(i, cpus[i], load.busyShare(), load.measured().answered));
        }
        long missed = loads.stream().mapToLong(LoopLoad::missed).sum();
        return new LoadReport(
                seconds,
                inWindow / seconds,
                measured.begun,
                measured.written,
                measured.answered,
                measured.bytes,
                LatencyNanos.of(measured.fromDue),
                LatencyNanos.of(measured.fromBegin),
                errors(measured),
                firstFailures(measured),
                measured.connects,
                measured.slowConnects,
                new Schedule(measured.late, measured.lateForConnection, measured.ownLateNanosMax, missed),
                new WarmUp(
                        warmUp.begun,
                        warmUp.written,
                        warmUp.answered,
                        warmUp.failed(),
                        warmUp.connects,
                        firstFailures(warmUp)),
                loops,
                LoadWarnings.of(plan, measured, missed, loops));
    }

    private static Map<LoadError, Long> errors(Tally tally) {
        Map<LoadError, Long> errors = new EnumMap<>(LoadError.class);
        for (LoadError error : LoadError.values()) {
            errors.put(error, tally.errors[error.ordinal()]);
        }
        return errors;
    }

    private static Map<LoadError, String> firstFailures(Tally tally) {
        Map<LoadError, String> failures = new EnumMap<>(LoadError.class);
        for (LoadError error : LoadError.values()) {
            if (tally.errors[error.ordinal()] > 0) {
                failures.put(error, tally.firstFailures[error.ordinal()]);
            }
        }
        return failures;
    }
}
