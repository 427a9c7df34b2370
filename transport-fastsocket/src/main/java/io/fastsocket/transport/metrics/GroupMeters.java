package io.fastsocket.transport.metrics;

import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LadderStep;
import io.fastsocket.transport.LoopPlan;
import io.fastsocket.transport.LoopStats;
import io.fastsocket.transport.LoopWatch;
import io.fastsocket.transport.connect.FlowMode;
import io.fastsocket.transport.connect.FlowStats;
import io.fastsocket.transport.engine.StepDownCause;
import io.fastsocket.transport.listen.LoopListener;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.netty.util.NetUtil;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The meters of one group in one registry. Safe for use by any thread. */
final class GroupMeters {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(FastSocketMetrics.class);
    private static final double NANOS_PER_SECOND = 1e9;

    private final FastSocketEventLoopGroup group;
    private final LoopWatch watch;
    private final Tags tags;
    private final MeterRegistry registry;
    private final List<Meter> meters = new ArrayList<>();
    /** By tags, because server channels may share an address: of two that do, the first one has the meters until it is closed. */
    private final Map<Tags, QueueMeters> ofListeners = new HashMap<>();

    private boolean removed;
    private int refused;
    private @Nullable RuntimeException firstRefusal;

    GroupMeters(FastSocketEventLoopGroup group, LoopWatch watch, Tags tags, MeterRegistry registry) {
        this.group = group;
        this.watch = watch;
        this.tags = tags;
        this.registry = registry;
    }

    // ---- register

    /** @throws IllegalStateException if they are there already */
    synchronized void register() {
        requireNew();
        for (LoopPlan.Row row : group.plan().rows()) {
            Tags loopTags = tagsOf(row);
            wayIn(row.loopIndex(), loopTags);
            for (FlowMode mode : FlowMode.values()) {
                wayOut(row.loopIndex(), mode, loopTags.and("mode", mode.label()));
            }
            loop(row.loopIndex(), loopTags);
        }
        ladder();
        balance();
        tellRefused();
    }

    private void requireNew() {
        Tags first = tags.and("of", "active");
        if (registry.find(FastSocketMeter.IMBALANCE.meterName()).tags(first).meters().stream()
                .anyMatch(meter -> Tags.of(meter.getId().getTags()).equals(first))) {
            throw new IllegalStateException(
                    "bind failed on meters of an event loop group: the registry has some with tags=" + tags
                            + " already (expected none): they would be taken for this group's; fix: close the FastSocketMetrics"
                            + " that made them, or give each group's a tag of its own");
        }
    }

    private Tags tagsOf(LoopPlan.Row row) {
        return tags.and(FastSocketMeter.tagsOf(row));
    }

    private void wayIn(int loop, Tags tags) {
        in(FastSocketMeter.ACCEPTED, loop, tags.and("arrived", "local"), LoopStats::acceptedLocal);
        in(FastSocketMeter.ACCEPTED, loop, tags.and("arrived", "remote"), LoopStats::acceptedRemote);
        in(FastSocketMeter.ACCEPTED, loop, tags.and("arrived", "unknown"), LoopStats::acceptedUnknown);
        in(FastSocketMeter.HANDED_OVER, loop, tags, LoopStats::handedOver);
        in(FastSocketMeter.ACTIVE, loop, tags, LoopStats::active);
        in(FastSocketMeter.ACCEPT_ERRORS, loop, tags, LoopStats::acceptErrors);
        FastSocketMeter pauses = FastSocketMeter.ACCEPT_PAUSES;
        in(pauses, loop, tags.and("cause", "process-files"), stats -> stats.acceptPauses()
                .processFiles());
        in(pauses, loop, tags.and("cause", "system-files"), stats -> stats.acceptPauses()
                .systemFiles());
        in(pauses, loop, tags.and("cause", "memory"), stats -> stats.acceptPauses()
                .memory());
        in(pauses, loop, tags.and("cause", "other"), stats -> stats.acceptPauses()
                .other());
    }

    private void in(FastSocketMeter meter, int loop, Tags tags, ToLongFunction<LoopStats> count) {
        add(meter, tags, () -> count.applyAsLong(group.loopStats(loop)));
    }

    private void wayOut(int loop, FlowMode mode, Tags tags) {
        out(FastSocketMeter.OPENED, loop, mode, tags, FlowStats::chosen);
        out(FastSocketMeter.CONNECTS, loop, mode, tags.and("result", "local"), FlowStats::hit);
        out(FastSocketMeter.CONNECTS, loop, mode, tags.and("result", "remote"), FlowStats::missed);
        out(FastSocketMeter.CONNECTS, loop, mode, tags.and("result", "fallback"), FlowStats::fallback);
        out(FastSocketMeter.CONNECTS, loop, mode, tags.and("result", "failed"), FlowStats::failed);
        out(FastSocketMeter.PORT_ATTEMPTS, loop, mode, tags, FlowStats::attempts);
    }

    private void out(FastSocketMeter meter, int loop, FlowMode mode, Tags tags, ToLongFunction<FlowStats> count) {
        add(meter, tags, () -> count.applyAsLong(group.flowStats(loop, mode)));
    }

    private void loop(int loop, Tags tags) {
        meters.addAll(registered(() -> List.of(FunctionTimer.builder(
                        FastSocketMeter.LOOP_LAG.meterName(),
                        watch,
                        // The function keeps it alive; the registry alone would not.
                        weak -> watch.lagCount(loop),
                        weak -> watch.lagNanosTotal(loop),
                        TimeUnit.NANOSECONDS)
                .description(FastSocketMeter.LOOP_LAG.description())
                .tags(tags)
                .register(registry))));
        add(FastSocketMeter.LOOP_LAG_MAX, tags, () -> watch.lagNanosMax(loop) / NANOS_PER_SECOND);
        add(FastSocketMeter.LOOP_UP, tags, () -> group.causeOfDeath(loop).isPresent() ? 0 : 1);
        add(FastSocketMeter.LOOP_SILENCE, tags, () -> watch.silentNanos(loop) / NANOS_PER_SECOND);
        add(FastSocketMeter.LOOP_BUSY, tags, () -> watch.cpuNanos(loop) / NANOS_PER_SECOND);
        add(FastSocketMeter.LOOP_PENDING, tags, () -> watch.pendingTasks(loop));
    }

    private void ladder() {
        for (LadderStep step : LadderStep.values()) {
            for (String rung : step.rungs()) {
                add(
                        FastSocketMeter.LADDER,
                        tags.and("step", step.label(), "rung", rung),
                        () -> group.rungs(step).contains(rung) ? 1 : 0);
            }
            for (StepDownCause cause : StepDownCause.values()) {
                add(
                        FastSocketMeter.STEPS_DOWN,
                        tags.and("step", step.label(), "cause", cause.label()),
                        () -> group.stepsDown(step, cause));
            }
        }
        add(FastSocketMeter.STEERING_ATTACHED, tags, group::programsAttached);
    }

    private void balance() {
        Imbalance accepted = new Imbalance(() -> ofLoops(LoopStats::accepted), System::nanoTime);
        add(FastSocketMeter.IMBALANCE, tags.and("of", "accepted"), accepted::get);
        add(FastSocketMeter.IMBALANCE, tags.and("of", "active"), () -> Imbalance.of(ofLoops(LoopStats::active)));
    }

    private long[] ofLoops(ToLongFunction<LoopStats> count) {
        return group.loopStats().stream().mapToLong(count).toArray();
    }

    private void add(FastSocketMeter meter, Tags tags, DoubleSupplier value) {
        meters.addAll(registered(() -> List.of(meter.register(registry, tags, value))));
    }

    /** What the registry took. */
    private List<Meter> registered(Supplier<List<Meter>> registration) {
        try {
            return registration.get();
        } catch (RuntimeException notTaken) {
            refused++;
            firstRefusal = firstRefusal == null ? notTaken : firstRefusal;
            return List.of();
        }
    }

    private void tellRefused() {
        if (refused > 0) {
            logger.warn(
                    "{} meters were not registered with {}; fix: see the cause of the first",
                    refused,
                    registry,
                    firstRefusal);
            refused = 0;
            firstRefusal = null;
        }
    }

    // ---- server channels come and go

    /** Registers the meters of new listeners and takes those of closed ones away. */
    synchronized void updateListeners() {
        if (removed) {
            return;
        }
        Set<LoopListener> open = new LinkedHashSet<>(group.listeners());
        ofListeners.values().removeIf(queue -> {
            boolean gone = !open.contains(queue.listener());
            if (gone) {
                queue.meters().forEach(this::remove);
            }
            return gone;
        });
        for (LoopListener listener : open) {
            // NIO gives no sockets away.
            if (listener.queue().isPresent()) {
                ofListeners.computeIfAbsent(tagsOf(listener), tags -> queueMeters(listener, tags));
            }
        }
        tellRefused();
    }

    private record QueueMeters(LoopListener listener, List<Meter> meters) {}

    private Tags tagsOf(LoopListener listener) {
        return tagsOf(group.plan().rows().get(listener.loopIndex()))
                .and("listener", NetUtil.toSocketAddressString(listener.address()));
    }

    private QueueMeters queueMeters(LoopListener listener, Tags tags) {
        List<Meter> queue = new ArrayList<>();
        queue.addAll(queueMeter(FastSocketMeter.ACCEPT_QUEUE, tags, listener, LoopListener.Queue::length));
        queue.addAll(queueMeter(FastSocketMeter.ACCEPT_QUEUE_LIMIT, tags, listener, LoopListener.Queue::limit));
        queue.addAll(queueMeter(FastSocketMeter.ACCEPT_QUEUE_DROPPED, tags, listener, LoopListener.Queue::dropped));
        return new QueueMeters(listener, queue);
    }

    private List<Meter> queueMeter(
            FastSocketMeter meter, Tags tags, LoopListener listener, ToLongFunction<LoopListener.Queue> value) {
        return registered(() -> List.of(meter.register(registry, tags, () -> listener.queue()
                .map(queue -> (double) value.applyAsLong(queue))
                .orElse(Double.NaN))));
    }

    // ---- remove

    synchronized void remove() {
        removed = true;
        meters.forEach(this::remove);
        meters.clear();
        ofListeners.values().forEach(queue -> queue.meters().forEach(this::remove));
        ofListeners.clear();
    }

    private void remove(Meter meter) {
        try {
            registry.remove(meter);
        } catch (RuntimeException kept) {
            logger.debug("{} keeps {}", registry, meter.getId(), kept);
        }
    }
}
