package io.fastsocket.transport.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.CpuSet;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every meter of a group with the value it must have: all are there from the start, at 0, and a test adds what happened. What
 * time decides, lag and CPU time, is compared with bounds. Knows the catalogue by itself, so that a mistake in
 * {@link FastSocketMeter} is not repeated here.
 */
public final class ExpectedMeters {
    /** By name in Micrometer, the name in Prometheus. */
    static final Map<String, String> PROMETHEUS_NAMES = Map.ofEntries(
            Map.entry("fastsocket.accepted", "fastsocket_accepted_connections_total"),
            Map.entry("fastsocket.handed.over", "fastsocket_handed_over_connections_total"),
            Map.entry("fastsocket.active", "fastsocket_active_connections"),
            Map.entry("fastsocket.accept.errors", "fastsocket_accept_errors_total"),
            Map.entry("fastsocket.accept.pauses", "fastsocket_accept_pauses_total"),
            Map.entry("fastsocket.accept.queue", "fastsocket_accept_queue_connections"),
            Map.entry("fastsocket.accept.queue.limit", "fastsocket_accept_queue_limit_connections"),
            Map.entry("fastsocket.accept.queue.dropped", "fastsocket_accept_queue_dropped_packets_total"),
            Map.entry("fastsocket.opened", "fastsocket_opened_connections_total"),
            Map.entry("fastsocket.connects", "fastsocket_connects_total"),
            Map.entry("fastsocket.port.attempts", "fastsocket_port_attempts_total"),
            Map.entry("fastsocket.pool.acquires", "fastsocket_pool_acquires_total"),
            Map.entry("fastsocket.pool.closed", "fastsocket_pool_closed_connections_total"),
            Map.entry("fastsocket.peer.faults", "fastsocket_peer_faults_connections_total"),
            Map.entry("fastsocket.refused", "fastsocket_refused_connections_total"),
            Map.entry("fastsocket.loop.lag", "fastsocket_loop_lag_seconds"),
            Map.entry("fastsocket.loop.lag.max", "fastsocket_loop_lag_max_seconds"),
            Map.entry("fastsocket.loop.up", "fastsocket_loop_up"),
            Map.entry("fastsocket.loop.silence", "fastsocket_loop_silence_seconds"),
            Map.entry("fastsocket.loop.busy", "fastsocket_loop_busy_seconds_total"),
            Map.entry("fastsocket.loop.pending", "fastsocket_loop_pending_tasks"),
            Map.entry("fastsocket.ladder", "fastsocket_ladder"),
            Map.entry("fastsocket.steps.down", "fastsocket_steps_down_total"),
            Map.entry("fastsocket.steering.attached", "fastsocket_steering_attached_total"),
            Map.entry("fastsocket.imbalance", "fastsocket_imbalance_ratio"));

    static final List<String> FLOW_MODES = List.of("port-bits", "computed", "learned", "any");

    private static final Map<String, List<String>> RUNGS = Map.of(
            "engine", List.of("io_uring", "epoll", "nio"),
            "placement", List.of("pinned", "partly-pinned", "unpinned"),
            "steering", List.of("receiving-cpu", "incoming-cpu", "kernel-hash", "one-listener", "none"),
            "flow-delivery", List.of("port-bits", "computed", "learned", "any", "off", "none"));

    private static final List<String> CAUSES =
            List.of("forbidden", "limit", "unavailable", "unpinned", "unreadable", "misses");

    /** What no test can know to the last digit: the largest value that is no mistake. */
    private static final Map<String, Double> AT_MOST = Map.of(
            "fastsocket.loop.lag_count", 1e4,
            "fastsocket.loop.lag_sum", 1e3,
            "fastsocket.loop.lag.max", 60.0,
            "fastsocket.loop.silence", 60.0,
            "fastsocket.loop.busy", 1e3,
            "fastsocket.loop.pending", 1e3);

    private final List<Integer> cpus;
    private final Map<String, String> ownTags;
    private final Map<MeterKey, Double> values = new HashMap<>();

    /**
     * All meters of a group at 0.
     *
     * @param cpus of the loops; -1 for a loop that is not pinned
     */
    public ExpectedMeters(List<Integer> cpus) {
        this(cpus, Map.of());
    }

    /** @param ownTags those that the user gives every meter */
    public ExpectedMeters(List<Integer> cpus, Map<String, String> ownTags) {
        this.cpus = List.copyOf(cpus);
        this.ownTags = Map.copyOf(ownTags);
        for (int loop = 0; loop < cpus.size(); loop++) {
            wayIn(loop);
            wayOut(loop);
            ofLoop(1, loop, "fastsocket.loop.up");
            for (String name : AT_MOST.keySet()) {
                ofLoop(0, loop, name);
            }
        }
        RUNGS.forEach((step, rungs) -> {
            rungs.forEach(rung -> ofGroup(0, "fastsocket.ladder", "step", step, "rung", rung));
            CAUSES.forEach(cause -> ofGroup(0, "fastsocket.steps.down", "step", step, "cause", cause));
        });
        ofGroup(0, "fastsocket.steering.attached");
    }

    private void wayIn(int loop) {
        for (String arrived : List.of("local", "remote", "unknown")) {
            ofLoop(0, loop, "fastsocket.accepted", "arrived", arrived);
        }
        ofLoop(0, loop, "fastsocket.handed.over");
        ofLoop(0, loop, "fastsocket.active");
        ofLoop(0, loop, "fastsocket.accept.errors");
        for (String cause : List.of("process-files", "system-files", "memory", "other")) {
            ofLoop(0, loop, "fastsocket.accept.pauses", "cause", cause);
        }
    }

    private void wayOut(int loop) {
        for (String mode : FLOW_MODES) {
            ofLoop(0, loop, "fastsocket.opened", "mode", mode);
            ofLoop(0, loop, "fastsocket.port.attempts", "mode", mode);
            for (String result : List.of("local", "remote", "fallback", "failed")) {
                ofLoop(0, loop, "fastsocket.connects", "mode", mode, "result", result);
            }
        }
    }

    // ---- what happened

    /** Sets a meter of one loop. */
    public ExpectedMeters ofLoop(long value, int loop, String name, String... tags) {
        List<String> all = new ArrayList<>(List.of(tags));
        all.addAll(List.of("loop", String.valueOf(loop), "cpu", cpus.get(loop) < 0 ? "none" : "" + cpus.get(loop)));
        return ofGroup(value, name, all.toArray(String[]::new));
    }

    /** Sets a meter of the group. */
    public ExpectedMeters ofGroup(long value, String name, String... tags) {
        values.put(key(name, tags), (double) value);
        return this;
    }

    private MeterKey key(String name, String... tags) {
        SortedMap<String, String> all = new TreeMap<>(ownTags);
        for (int i = 0; i < tags.length; i += 2) {
            all.put(tags[i], tags[i + 1]);
        }
        return new MeterKey(name, all);
    }

    /** The rungs in force, of {@code engine}, {@code placement}, {@code steering} and {@code flow-delivery}. */
    public ExpectedMeters rungs(String engine, String placement, String steering, String flowDelivery) {
        Map.of("engine", engine, "placement", placement, "steering", steering, "flow-delivery", flowDelivery)
                .forEach((step, inForce) -> RUNGS.get(step)
                        .forEach(rung -> ofGroup(
                                rung.equals(inForce) ? 1 : 0, "fastsocket.ladder", "step", step, "rung", rung)));
        return this;
    }

    public ExpectedMeters stepsDown(long count, String step, String cause) {
        return ofGroup(count, "fastsocket.steps.down", "step", step, "cause", cause);
    }

    /** Queues of the listeners of one server channel, all empty. */
    public ExpectedMeters listeners(String address, long limit) {
        for (int loop = 0; loop < cpus.size(); loop++) {
            ofLoop(0, loop, "fastsocket.accept.queue", "listener", address);
            ofLoop(limit, loop, "fastsocket.accept.queue.limit", "listener", address);
            ofLoop(0, loop, "fastsocket.accept.queue.dropped", "listener", address);
        }
        return this;
    }

    // ---- compare

    /** Fails unless the registry has these meters, with these values, and no others. */
    public void assertIn(MeterRegistry registry) {
        compare(MeterKey.valuesOf(registry), withImbalance());
    }

    /** The same of what Prometheus gets. */
    public void assertScrapedFrom(PrometheusMeterRegistry registry) {
        Map<MeterKey, Double> expected = withImbalance().entrySet().stream()
                .collect(Collectors.toMap(entry -> inPrometheus(entry.getKey()), Map.Entry::getValue));
        compare(MeterKey.scrapedFrom(registry), expected);
    }

    /** Fails unless a scrape has this ladder, with all its rungs and causes. */
    public void assertLadderIn(String scrape) {
        assertThat(ladderOf(MeterKey.samplesOf(scrape)))
                .isEqualTo(ladderOf(values.entrySet().stream()
                        .collect(Collectors.toMap(entry -> inPrometheus(entry.getKey()), Map.Entry::getValue))));
    }

    private static Map<MeterKey, Double> ladderOf(Map<MeterKey, Double> all) {
        Map<MeterKey, Double> ladder = new TreeMap<>(all);
        ladder.keySet()
                .removeIf(key -> !key.name().equals("fastsocket_ladder")
                        && !key.name().equals("fastsocket_steps_down_total")
                        && !key.name().equals("fastsocket_steering_attached_total"));
        return ladder;
    }

    /** What the registry must have, without the values. */
    Set<MeterKey> keys() {
        return withImbalance().keySet();
    }

    private static MeterKey inPrometheus(MeterKey key) {
        String name = key.name();
        String part = "";
        if (!PROMETHEUS_NAMES.containsKey(name)) {
            part = name.substring(name.lastIndexOf('_'));
            name = name.substring(0, name.lastIndexOf('_'));
        }
        return new MeterKey(PROMETHEUS_NAMES.get(name) + part, key.tags());
    }

    private Map<MeterKey, Double> withImbalance() {
        Map<MeterKey, Double> all = new HashMap<>(values);
        for (String of : List.of("accepted", "active")) {
            all.put(key("fastsocket.imbalance", "of", of), imbalance("fastsocket." + of));
        }
        return all;
    }

    private double imbalance(String name) {
        Map<String, Double> byLoop = values.entrySet().stream()
                .filter(entry -> entry.getKey().name().equals(name))
                .collect(Collectors.groupingBy(
                        entry -> entry.getKey().tags().get("loop"), Collectors.summingDouble(Map.Entry::getValue)));
        double sum = byLoop.values().stream().mapToDouble(count -> count).sum();
        double max = byLoop.values().stream().mapToDouble(count -> count).max().orElseThrow();
        return sum == 0 ? Double.NaN : max * byLoop.size() / sum;
    }

    private static void compare(Map<MeterKey, Double> actual, Map<MeterKey, Double> expected) {
        assertThat(actual.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
        Map<MeterKey, Double> exact = new TreeMap<>(actual);
        Map<MeterKey, Double> wanted = new TreeMap<>(expected);
        actual.forEach((key, value) -> {
            Double atMost = boundOf(key);
            if (atMost != null) {
                assertThat(value).describedAs("%s", key).isBetween(0.0, atMost);
                exact.remove(key);
                wanted.remove(key);
            }
        });
        assertThat(exact).isEqualTo(wanted);
    }

    private static Double boundOf(MeterKey key) {
        return AT_MOST.entrySet().stream()
                .filter(bound -> {
                    MeterKey bounded = new MeterKey(bound.getKey(), key.tags());
                    return key.equals(bounded) || key.equals(inPrometheus(bounded));
                })
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    /** The CPUs of a group that has a loop on each CPU of this process. */
    public static List<Integer> cpusOf(CpuSet allowed) {
        List<Integer> cpus = new ArrayList<>();
        allowed.forEach(cpus::add);
        return cpus;
    }
}
