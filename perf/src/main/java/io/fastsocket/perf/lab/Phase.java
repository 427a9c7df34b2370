package io.fastsocket.perf.lab;

import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.connect.FlowStats;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one phase of a bed has shown.
 *
 * @param name which
 * @param flowDelivery what the group said of it at the end, and why not more
 * @param connections that were to be opened, or accepted
 * @param failed of these
 * @param failures the failed ones, by kind
 * @param verified the ones whose first bytes' CPU was read
 * @param localShare of the verified ones, those on their loop's CPU, 0 to 1
 * @param localShareLastHalf the same of their last half
 * @param settledAfter connections until 100 in a row were local to 98 %; -1: never
 * @param localShareSettled from there on; null where it never was
 * @param changedAt verified connections when the card was changed; null where it was not
 * @param recoveredAfter connections from there until 100 in a row were local to 98 %; -1: never
 * @param recoveredMillis the time that took
 * @param modes by mode of flow delivery what {@code flowStats()} counted
 */
record Phase(
        String name,
        String flowDelivery,
        int connections,
        int failed,
        Map<String, Integer> failures,
        int verified,
        double localShare,
        double localShareLastHalf,
        int settledAfter,
        @Nullable Double localShareSettled,
        @Nullable Integer changedAt,
        @Nullable Integer recoveredAfter,
        @Nullable Long recoveredMillis,
        Map<String, Map<String, Long>> modes) {
    private static final int WINDOW = 100;
    private static final double SETTLED = 0.98;

    static Phase of(
            String name,
            FastSocketEventLoopGroup group,
            FlowLoad load,
            int connections,
            @Nullable Long changedAtNanos,
            Map<String, Map<String, Long>> modesBefore) {
        int verified = load.verified();
        int window = Math.min(WINDOW, Math.max(1, verified));
        int settled = load.settledAfter(0, window, SETTLED);
        Integer changedAt = changedAtNanos == null ? null : load.firstAfter(changedAtNanos);
        Integer recovered = changedAt == null ? null : load.settledAfter(changedAt, window, SETTLED);
        return new Phase(
                name,
                group.capabilities().stream()
                        .filter(capability -> capability.name().equals("flow-delivery"))
                        .findFirst()
                        .map(Object::toString)
                        .orElse("none"),
                connections,
                load.failed(),
                load.failures(),
                verified,
                load.localShare(0, verified),
                load.localShare(verified / 2, verified),
                settled,
                settled < 0 ? null : load.localShare(settled, verified),
                changedAt,
                recovered,
                recoveredMillis(load, changedAt, recovered),
                minus(modes(group), modesBefore));
    }

    private static @Nullable Long recoveredMillis(
            FlowLoad load, @Nullable Integer changedAt, @Nullable Integer recovered) {
        return changedAt == null || recovered == null || recovered < 0
                ? null
                : TimeUnit.NANOSECONDS.toMillis(load.nanosBetween(changedAt, changedAt + recovered));
    }

    /** By mode and kind of event, of all loops. */
    static Map<String, Map<String, Long>> modes(FastSocketEventLoopGroup group) {
        Map<String, Map<String, Long>> modes = new TreeMap<>();
        for (FlowStats stats : group.flowStats()) {
            Map<String, Long> mode = modes.computeIfAbsent(stats.mode().label(), first -> new LinkedHashMap<>());
            mode.merge("chosen", stats.chosen(), Long::sum);
            mode.merge("hit", stats.hit(), Long::sum);
            mode.merge("missed", stats.missed(), Long::sum);
            mode.merge("fallback", stats.fallback(), Long::sum);
            mode.merge("attempts", stats.attempts(), Long::sum);
        }
        return modes;
    }

    private static Map<String, Map<String, Long>> minus(
            Map<String, Map<String, Long>> modes, Map<String, Map<String, Long>> before) {
        modes.forEach((mode, events) -> events.replaceAll(
                (event, count) -> count - before.getOrDefault(mode, Map.of()).getOrDefault(event, 0L)));
        modes.values().removeIf(events -> events.values().stream().allMatch(count -> count == 0));
        return modes;
    }

    /** A line for people. */
    String toLine() {
        StringBuilder line = new StringBuilder(String.format(
                "%-18s %6d connections, %d failed, %6.2f %% local, last half %6.2f %%",
                name, connections, failed, 100 * localShare, 100 * localShareLastHalf));
        if (localShareSettled != null) {
            line.append(String.format(", settled after %d, then %.2f %%", settledAfter, 100 * localShareSettled));
        }
        if (changedAt != null) {
            line.append(String.format(
                    "; changed at %d, %s",
                    changedAt,
                    recoveredMillis == null
                            ? "not recovered"
                            : "recovered after " + recoveredAfter + " connections, " + recoveredMillis + " ms"));
        }
        return line + (failures.isEmpty() ? "" : " " + failures) + "; " + flowDelivery;
    }
}
