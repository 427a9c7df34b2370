package io.fastsocket.transport;

import io.fastsocket.affinity.Layout;
import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.connect.FlowDelivery;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.engine.Engines;
import io.fastsocket.transport.listen.OwnershipPolicy;
import io.fastsocket.transport.listen.SteeringPolicy;
import java.nio.file.Path;
import java.util.Objects;

/** The choices of a {@link FastSocketEventLoopGroup}. Not thread safe. */
public final class FastSocketEventLoopGroupBuilder {
    /** More loops than any machine has CPUs: CONFIG_NR_CPUS of the largest kernels. */
    private static final int LOOPS_MAX = 8192;

    int loops;
    Engine engine = Engine.AUTO;
    PlacementPolicy placement = PlacementPolicy.onePerCpu();
    SteeringPolicy steering = SteeringPolicy.receivingCpu();
    OwnershipPolicy ownership = OwnershipPolicy.FOLLOW_PACKETS;
    FlowDelivery flowDelivery = FlowDelivery.auto();
    int ringSizeEntries = Engines.RING_SIZE_DEFAULT;
    String threadName = "fastsocket";

    FastSocketEventLoopGroupBuilder() {}

    /**
     * How many loops. A placement that pins starts no more than it has CPUs, with a WARN.
     *
     * @param loops 0 (default) for as many as the placement has CPUs, or 1 to 8192
     */
    public FastSocketEventLoopGroupBuilder loops(int loops) {
        this.loops = requireRange("loops", loops, 0, LOOPS_MAX);
        return this;
    }

    /** Which event loops. Default {@link Engine#AUTO}; another one that cannot start makes {@link #build()} fail. */
    public FastSocketEventLoopGroupBuilder engine(Engine engine) {
        this.engine = Objects.requireNonNull(engine, "engine");
        return this;
    }

    /** Where the loops run. Default {@link PlacementPolicy#onePerCpu()}. */
    public FastSocketEventLoopGroupBuilder placement(PlacementPolicy placement) {
        this.placement = Objects.requireNonNull(placement, "placement");
        return this;
    }

    /**
     * Where the loops run, from a layout file that {@code fastsocket affinity plan --out} wrote. Takes the place of
     * {@link #placement}; the one called last counts.
     *
     * @throws io.fastsocket.affinity.LayoutException if the file cannot be read or is no layout; the message names line and column
     */
    public FastSocketEventLoopGroupBuilder layout(Path file) {
        return placement(PlacementPolicy.layout(Layout.read(file)));
    }

    /** Which listener gets a new connection. Default {@link SteeringPolicy#receivingCpu()}. */
    public FastSocketEventLoopGroupBuilder steering(SteeringPolicy steering) {
        this.steering = Objects.requireNonNull(steering, "steering");
        return this;
    }

    /** Where a connection lives whose packets arrive elsewhere. Default {@link OwnershipPolicy#FOLLOW_PACKETS}. */
    public FastSocketEventLoopGroupBuilder ownership(OwnershipPolicy ownership) {
        this.ownership = Objects.requireNonNull(ownership, "ownership");
        return this;
    }

    /**
     * How source ports of outgoing connections are chosen, so that their answers arrive at the loop that opened them. Default
     * {@link FlowDelivery#auto()}.
     */
    public FastSocketEventLoopGroupBuilder flowDelivery(FlowDelivery flowDelivery) {
        this.flowDelivery = Objects.requireNonNull(flowDelivery, "flowDelivery");
        return this;
    }

    /**
     * Size of each loop's io_uring submission queue; the completion queue is twice as large. Of use when more than about
     * twice as many connections become ready in one turn; costs locked memory. Other engines ignore it.
     *
     * @param entries 1 to {@value Engines#RING_SIZE_MAX}, default {@value Engines#RING_SIZE_DEFAULT}; the kernel rounds up
     *     to a power of two
     */
    public FastSocketEventLoopGroupBuilder ringSize(int entries) {
        this.ringSizeEntries = requireRange("ringSize", entries, 1, Engines.RING_SIZE_MAX);
        return this;
    }

    /** Prefix of the loops' thread names; the loop index is appended. Default {@code fastsocket}. */
    public FastSocketEventLoopGroupBuilder threadName(String prefix) {
        this.threadName = Objects.requireNonNull(prefix, "threadName");
        return this;
    }

    /**
     * Starts the loops.
     *
     * @throws IllegalStateException when the engine asked for by name cannot start; the message says why and what to do
     */
    public FastSocketEventLoopGroup build() {
        return new FastSocketEventLoopGroup(this);
    }

    private static int requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "build failed on event loop group: " + name + "=" + value + " (expected " + min + ".." + max + ")");
        }
        return value;
    }
}
