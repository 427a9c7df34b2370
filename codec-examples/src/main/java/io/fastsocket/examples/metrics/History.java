package io.fastsocket.examples.metrics;

import io.fastsocket.affinity.cli.JsonText;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopStats;
import io.fastsocket.transport.LoopWatch;
import io.fastsocket.transport.connect.FlowMode;
import io.fastsocket.transport.listen.LoopListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The last minutes of a group, a sample a second: what the plots of the live page begin with. Used by one loop. */
final class History {
    /** Five minutes. */
    private static final int SAMPLES_MAX = 300;

    private static final int MINUTE_SAMPLES = 60;

    private static final List<String> COLUMNS = List.of(
            "accepted",
            "acceptedLocal",
            "acceptedRemote",
            "opened",
            "openedLocal",
            "openedRemote",
            "busyNanos",
            "queue",
            "lagMaxNanos",
            "active");

    private static final int ACCEPTED = COLUMNS.indexOf("accepted");

    private final FastSocketEventLoopGroup group;
    private final LoopWatch watch;
    private final Deque<Sample> samples = new ArrayDeque<>();

    /** @param loops by loop index, the columns */
    private record Sample(long at, List<List<Long>> loops) {}

    History(FastSocketEventLoopGroup group, LoopWatch watch) {
        this.group = group;
        this.watch = watch;
    }

    void sample() {
        if (samples.size() == SAMPLES_MAX) {
            samples.removeFirst();
        }
        List<LoopListener> listeners = group.listeners();
        List<List<Long>> loops = new ArrayList<>();
        for (LoopStats stats : group.loopStats()) {
            loops.add(columns(stats, listeners));
        }
        samples.add(new Sample(System.currentTimeMillis(), loops));
    }

    private List<Long> columns(LoopStats stats, List<LoopListener> listeners) {
        int loop = stats.loopIndex();
        long openedRemote = 0;
        for (FlowMode mode : FlowMode.values()) {
            openedRemote += group.flowStats(loop, mode).missed();
        }
        long queue = listeners.stream()
                .filter(listener -> listener.loopIndex() == loop)
                .flatMap(listener -> listener.queue().stream())
                .mapToLong(LoopListener.Queue::length)
                .sum();
        return List.of(
                stats.accepted(),
                stats.acceptedLocal(),
                stats.acceptedRemote(),
                stats.connected(),
                stats.connectedLocal(),
                openedRemote,
                watch.cpuNanos(loop),
                queue,
                watch.lagNanosMax(loop),
                stats.active());
    }

    /** By loop index, the connections accepted in the last minute, or since the first sample; as of the last sample. */
    List<Long> acceptedInLastMinute() {
        Sample last = samples.peekLast();
        Sample first = samples.stream()
                .skip(Math.max(0, samples.size() - 1 - MINUTE_SAMPLES))
                .findFirst()
                .orElse(null);
        if (last == null || first == null) {
            return List.of();
        }
        List<Long> accepted = new ArrayList<>();
        for (int loop = 0; loop < last.loops().size(); loop++) {
            accepted.add(last.loops().get(loop).get(ACCEPTED)
                    - first.loops().get(loop).get(ACCEPTED));
        }
        return accepted;
    }

    /** One line. */
    String json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("columns", COLUMNS);
        json.put("samples", samples.stream().map(History::json).toList());
        return JsonText.oneLine(json);
    }

    private static Map<String, Object> json(Sample sample) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("at", sample.at());
        json.put("loops", sample.loops());
        return json;
    }
}
