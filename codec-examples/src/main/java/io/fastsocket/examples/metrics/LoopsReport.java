package io.fastsocket.examples.metrics;

import io.fastsocket.affinity.cli.JsonText;
import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.transport.Capability;
import io.fastsocket.transport.Crossing;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LadderStep;
import io.fastsocket.transport.LoopPlan;
import io.fastsocket.transport.LoopStats;
import io.fastsocket.transport.LoopWatch;
import io.fastsocket.transport.connect.FlowMode;
import io.fastsocket.transport.connect.FlowStats;
import io.fastsocket.transport.engine.StepDownCause;
import io.fastsocket.transport.listen.LoopListener;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All there is to see of a group, as JSON: counts since its start, for the reader to make rates of. Used on the loop of the history, but for {@link #readQueues}. */
final class LoopsReport {
    private final FastSocketEventLoopGroup group;
    private final LoopWatch watch;
    private final History history;
    private final long startedAtMillis = System.currentTimeMillis();
    private volatile NicQueueNames queues = NicQueueNames.NONE;

    LoopsReport(FastSocketEventLoopGroup group, LoopWatch watch, History history) {
        this.group = group;
        this.watch = watch;
        this.history = history;
    }

    /** Looks again which CPU handles which queue; may take milliseconds a card. */
    void readQueues() {
        queues = NicQueueNames.read(SystemRoot.live());
    }

    /** One line. */
    String json() {
        List<LoopListener> listeners = group.listeners();
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        report.put("at", System.currentTimeMillis());
        report.put("startedAt", startedAtMillis);
        report.put("engine", group.engine().label());
        report.put(
                "listening",
                listeners.stream().map(LoopsReport::addressOf).distinct().toList());
        List<Capability> capabilities = group.capabilities();
        report.put(
                "ladder",
                Stream.of(LadderStep.values())
                        .map(step -> step(step, capabilities))
                        .toList());
        report.put("stepsDown", stepsDown());
        List<LoopStats> stats = group.loopStats();
        report.put("imbalance", imbalance(stats));
        report.put(
                "loops",
                group.plan().rows().stream()
                        .map(row -> loop(row, stats.get(row.loopIndex()), listeners))
                        .toList());
        report.put(
                "crossings",
                group.crossings().stream().map(LoopsReport::crossing).toList());
        return JsonText.oneLine(report);
    }

    private static String addressOf(LoopListener listener) {
        return NetUtil.toSocketAddressString(listener.address());
    }

    private Map<String, @Nullable Object> step(LadderStep step, List<Capability> capabilities) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("step", step.label());
        json.put("rung", String.join(", ", new TreeSet<>(group.rungs(step))));
        json.put(
                "why",
                capabilities.stream()
                        .filter(capability -> capability.name().equals(step.label()))
                        .flatMap(capability -> capability.whyNotMore().stream())
                        .findFirst()
                        .orElse(null));
        json.put("rungs", step.rungs());
        return json;
    }

    private List<Map<String, Object>> stepsDown() {
        List<Map<String, Object>> json = new ArrayList<>();
        for (LadderStep step : LadderStep.values()) {
            for (StepDownCause cause : StepDownCause.values()) {
                long count = group.stepsDown(step, cause);
                if (count > 0) {
                    json.add(Map.of("step", step.label(), "cause", cause.label(), "count", count));
                }
            }
        }
        return json;
    }

    private Map<String, @Nullable Object> imbalance(List<LoopStats> stats) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("accepted", maxOverMean(history.acceptedInLastMinute()));
        json.put("active", maxOverMean(stats.stream().map(LoopStats::active).toList()));
        return json;
    }

    private static @Nullable Double maxOverMean(List<Long> ofLoops) {
        double sum = ofLoops.stream().mapToLong(Long::longValue).sum();
        long max = ofLoops.stream().mapToLong(Long::longValue).max().orElse(0);
        return sum == 0 ? null : max * ofLoops.size() / sum;
    }

    private Map<String, @Nullable Object> loop(LoopPlan.Row row, LoopStats stats, List<LoopListener> listeners) {
        int loop = row.loopIndex();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("loop", loop);
        json.put("cpu", row.cpu() < 0 ? null : row.cpu());
        json.put("causeOfDeath", group.causeOfDeath(loop).orElse(null));
        json.put("queues", queues.of(row.cpu()));
        json.put(
                "listeners",
                listeners.stream()
                        .filter(listener -> listener.loopIndex() == loop)
                        .map(LoopsReport::listener)
                        .toList());
        json.put("accepted", stats.accepted());
        json.put("acceptedLocal", stats.acceptedLocal());
        json.put("acceptedRemote", stats.acceptedRemote());
        json.put("handedOver", stats.handedOver());
        json.put("active", stats.active());
        json.put("acceptErrors", stats.acceptErrors());
        LoopStats.AcceptPauses pauses = stats.acceptPauses();
        Map<String, Object> byCause = new LinkedHashMap<>();
        byCause.put("process-files", pauses.processFiles());
        byCause.put("system-files", pauses.systemFiles());
        byCause.put("memory", pauses.memory());
        byCause.put("other", pauses.other());
        json.put("acceptPauses", byCause);
        List<FlowStats> flow = Stream.of(FlowMode.values())
                .map(mode -> group.flowStats(loop, mode))
                .toList();
        json.put("opened", stats.connected());
        json.put("openedLocal", stats.connectedLocal());
        json.put("openedRemote", sum(flow, FlowStats::missed));
        json.put("fallbacks", sum(flow, FlowStats::fallback));
        json.put("connectsFailed", sum(flow, FlowStats::failed));
        json.put("portAttempts", sum(flow, FlowStats::attempts));
        json.put("busyNanos", watch.cpuNanos(loop));
        json.put("lagMaxNanos", watch.lagNanosMax(loop));
        json.put("silentNanos", watch.silentNanos(loop));
        json.put("pendingTasks", watch.pendingTasks(loop));
        return json;
    }

    private static long sum(List<FlowStats> flow, ToLongFunction<FlowStats> count) {
        return flow.stream().mapToLong(count).sum();
    }

    private static Map<String, @Nullable Object> listener(LoopListener listener) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("address", addressOf(listener));
        LoopListener.Queue queue = listener.queue().orElse(null);
        json.put("queue", queue == null ? null : queue.length());
        json.put("limit", queue == null ? null : queue.limit());
        json.put("dropped", queue == null ? null : queue.dropped());
        return json;
    }

    private static Map<String, Object> crossing(Crossing crossing) {
        return Map.of("from", crossing.from(), "to", crossing.to(), "count", crossing.count());
    }
}
