package io.fastsocket.transport.metrics;

import io.fastsocket.transport.LoopPlan;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Every meter there is: {@code docs/METRICS.md} is this list as a table. Counters count from the start of the group and are there from
 * then on, for every value of their tags, at 0.
 */
public enum FastSocketMeter {
    // ---- the way in
    ACCEPTED(
            "fastsocket.accepted",
            Type.COUNTER,
            BaseUnits.CONNECTIONS,
            List.of("loop", "cpu", "arrived"),
            "Connections that the loop's listener took, counted when they are registered: local, they live on the loop and their"
                    + " packets arrive at its core; remote, not so; or unknown"),
    HANDED_OVER(
            "fastsocket.handed.over",
            Type.COUNTER,
            BaseUnits.CONNECTIONS,
            List.of("loop", "cpu"),
            "Of the remote ones, those that the loop gave to the loop that receives their packets"),
    ACTIVE(
            "fastsocket.active",
            Type.GAUGE,
            BaseUnits.CONNECTIONS,
            List.of("loop", "cpu"),
            "Accepted connections that the loop owns now"),
    ACCEPT_ERRORS(
            "fastsocket.accept.errors", Type.COUNTER, null, List.of("loop", "cpu"), "Calls of accept(2) that failed"),
    ACCEPT_PAUSES(
            "fastsocket.accept.pauses",
            Type.COUNTER,
            null,
            List.of("loop", "cpu", "cause"),
            "Times the loop's listener rested for a moment because a limit was reached: process-files (EMFILE), system-files (ENFILE),"
                    + " memory (ENOBUFS, ENOMEM) or other"),
    ACCEPT_QUEUE(
            "fastsocket.accept.queue",
            Type.GAUGE,
            BaseUnits.CONNECTIONS,
            List.of("loop", "cpu", "listener"),
            "Connections that wait at the listener for accept(2). Not on NIO"),
    ACCEPT_QUEUE_LIMIT(
            "fastsocket.accept.queue.limit",
            Type.GAUGE,
            BaseUnits.CONNECTIONS,
            List.of("loop", "cpu", "listener"),
            "The most that may wait there: the backlog, at most net.core.somaxconn. Not on NIO"),
    ACCEPT_QUEUE_DROPPED(
            "fastsocket.accept.queue.dropped",
            Type.COUNTER,
            "packets",
            List.of("loop", "cpu", "listener"),
            "SYNs and final ACKs that the kernel dropped at the listener, most often because its queue was full. Not on NIO"),

    // ---- the way out
    OPENED(
            "fastsocket.opened",
            Type.COUNTER,
            BaseUnits.CONNECTIONS,
            List.of("loop", "cpu", "mode"),
            "Connections that the loop opened, by how their source ports came to be: port-bits, computed, learned or any"),
    CONNECTS(
            "fastsocket.connects",
            Type.COUNTER,
            null,
            List.of("loop", "cpu", "mode", "result"),
            "What came of connects: local, the first bytes arrived at the loop's core; remote, they arrived elsewhere; fallback, no port"
                    + " of the mode was to be had and any was taken; failed, no connection. One that receives nothing is neither local nor"
                    + " remote"),
    PORT_ATTEMPTS(
            "fastsocket.port.attempts",
            Type.COUNTER,
            null,
            List.of("loop", "cpu", "mode"),
            "Source ports that were tried, those that were in use included"),

    // ---- pools of the examples
    POOL_ACQUIRES(
            "fastsocket.pool.acquires",
            Type.COUNTER,
            null,
            List.of("loop", "cpu", "result"),
            "Connections to upstreams that the loop asked its pool for: hit, it had one; miss, one was opened. Of the proxies in"
                    + " codec-examples"),
    POOL_CLOSED(
            "fastsocket.pool.closed",
            Type.COUNTER,
            BaseUnits.CONNECTIONS,
            List.of("loop", "cpu", "cause"),
            "Connections that the pool closed: expired, idle for too long; lost, ended by the upstream while idle; discarded, not to be"
                    + " used again. Of the proxies in codec-examples"),

    // ---- peers of the examples
    PEER_FAULTS(
            "fastsocket.peer.faults",
            Type.COUNTER,
            BaseUnits.CONNECTIONS,
            List.of("side", "cause"),
            "Connections closed by the fault of a client, of an upstream, or of a client of the metrics port: reset; cut, ended within a"
                    + " message; tls; proxy-header; unreadable, no message of the protocol; socket, another error of it; and defect,"
                    + " an exception that no peer should be able to cause. Of the servers in codec-examples"),

    // ---- limits of the examples
    REFUSED(
            "fastsocket.refused",
            Type.COUNTER,
            BaseUnits.CONNECTIONS,
            List.of("limit"),
            "Connections that were reset because there were as many as there may be: in all, total, or from their address, address. Of"
                    + " the servers in codec-examples"),

    // ---- loops
    LOOP_LAG(
            "fastsocket.loop.lag",
            Type.TIMER,
            "seconds",
            List.of("loop", "cpu"),
            "How late the loop runs a task: a probe ten times a second"),
    LOOP_LAG_MAX(
            "fastsocket.loop.lag.max",
            Type.GAUGE,
            "seconds",
            List.of("loop", "cpu"),
            "The longest lag of the last half to whole minute; grows while the loop is stuck"),
    LOOP_UP(
            "fastsocket.loop.up",
            Type.GAUGE,
            null,
            List.of("loop", "cpu"),
            "1 while the loop lives, stuck or not; 0 once its thread has ended although the group was not shut down"),
    LOOP_SILENCE(
            "fastsocket.loop.silence",
            Type.GAUGE,
            "seconds",
            List.of("loop", "cpu"),
            "How long ago the loop last ran a task: up to 0.1 while it is well; grows while it is stuck, and once it is dead"),
    LOOP_BUSY(
            "fastsocket.loop.busy",
            Type.COUNTER,
            "seconds",
            List.of("loop", "cpu"),
            "CPU time of the loop's thread: its rate is the share of the time that the loop is busy"),
    LOOP_PENDING(
            "fastsocket.loop.pending",
            Type.GAUGE,
            BaseUnits.TASKS,
            List.of("loop", "cpu"),
            "Tasks that wait to be run by the loop"),

    // ---- the group
    LADDER(
            "fastsocket.ladder",
            Type.GAUGE,
            null,
            List.of("step", "rung"),
            "1 where the rung is in force, else 0. Steps: engine, placement, steering, flow-delivery"),
    STEPS_DOWN(
            "fastsocket.steps.down",
            Type.COUNTER,
            null,
            List.of("step", "cause"),
            "Rungs that could not be had or kept: forbidden, limit, unavailable, unpinned, unreadable (the card's hash) or misses"
                    + " (connections arrived elsewhere)"),
    STEERING_ATTACHED(
            "fastsocket.steering.attached",
            Type.COUNTER,
            null,
            List.of(),
            "Times a steering program was attached to the listeners of a server channel: once at each bind"),
    IMBALANCE(
            "fastsocket.imbalance",
            Type.GAUGE,
            "ratio",
            List.of("of"),
            "The maximum over the mean of all loops: 1 is even, the number of loops is all on one. Of accepted connections in the last"
                    + " minute, of active ones now; NaN where there are none");

    /** What kind of meter. */
    public enum Type {
        COUNTER,
        GAUGE,
        /** A count and a sum of durations. */
        TIMER
    }

    private final String meterName;
    private final Type type;
    private final @Nullable String baseUnit;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> tagKeys;

    private final String description;

    FastSocketMeter(String meterName, Type type, @Nullable String baseUnit, List<String> tagKeys, String description) {
        this.meterName = meterName;
        this.type = type;
        this.baseUnit = baseUnit;
        this.tagKeys = tagKeys;
        this.description = description;
    }

    /** The name in Micrometer, such as {@code fastsocket.accepted}. */
    public String meterName() {
        return meterName;
    }

    public Type type() {
        return type;
    }

    /** The unit of its values, or null for a plain number. */
    public @Nullable String baseUnit() {
        return baseUnit;
    }

    /** The tags it has besides those that a user adds. */
    public List<String> tagKeys() {
        return tagKeys;
    }

    /** One sentence. */
    public String description() {
        return description;
    }

    /**
     * Registers this counter or gauge.
     *
     * @param value asked whenever the meter is read; kept alive by it
     */
    public Meter register(MeterRegistry registry, Tags tags, DoubleSupplier value) {
        return switch (type) {
            // The function keeps what it asks alive; the registry alone would not.
            case COUNTER ->
                FunctionCounter.builder(meterName, value, function -> value.getAsDouble())
                        .baseUnit(baseUnit)
                        .description(description)
                        .tags(tags)
                        .register(registry);
            case GAUGE ->
                Gauge.builder(meterName, value::getAsDouble)
                        .baseUnit(baseUnit)
                        .description(description)
                        .tags(tags)
                        .strongReference(true)
                        .register(registry);
            case TIMER -> throw new IllegalArgumentException(meterName + " is a timer");
        };
    }

    /** The tags {@code loop} and {@code cpu} of the meters of a loop. */
    public static Tags tagsOf(LoopPlan.Row loop) {
        return Tags.of(
                "loop",
                Integer.toString(loop.loopIndex()),
                "cpu",
                loop.cpu() < 0 ? "none" : Integer.toString(loop.cpu()));
    }

    /** The name that Prometheus gives it. */
    public String prometheusName() {
        String name = meterName.replace('.', '_') + (baseUnit == null ? "" : "_" + baseUnit);
        return type == Type.COUNTER ? name + "_total" : name;
    }

    /** This meter as a row of the table in {@code docs/METRICS.md}. */
    public String toMarkdownRow() {
        return "| `" + meterName + "` | `" + prometheusName() + (type == Type.TIMER ? "_count`, `_sum" : "") + "` | "
                + type.name().toLowerCase(Locale.ROOT) + " | " + (baseUnit == null ? "" : baseUnit) + " | "
                + String.join(", ", tagKeys) + " | " + description + " |";
    }
}
