package io.fastsocket.perf.load;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopPlan;
import io.fastsocket.transport.connect.FlowDelivery;
import io.fastsocket.transport.engine.Engine;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Loads servers from event loops pinned to CPUs. One run at a time; source ports are the kernel's choice, so that what a server does
 * for locality is not done for it here.
 */
public final class LoadGenerator implements AutoCloseable {
    /** From the call to the first request: enough for every loop to hear of it. */
    private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** How much later than they should the loops may end. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long SHUTDOWN_SECONDS = 2;

    private final FastSocketEventLoopGroup group;
    private final int[] cpuByLoop;

    /**
     * Starts the loops.
     *
     * @param cpus a loop for each, pinned to it
     * @throws IllegalArgumentException if this process may not use one of the CPUs
     * @throws IllegalStateException if the engine cannot start
     */
    public LoadGenerator(CpuSet cpus, Engine engine) {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .placement(PlacementPolicy.explicit(cpus))
                .flowDelivery(FlowDelivery.off())
                .threadName("load")
                .build();
        cpuByLoop = group.plan().rows().stream().mapToInt(LoopPlan.Row::cpu).toArray();
        if (cpuByLoop.length != cpus.size()) {
            close();
            throw new IllegalArgumentException("cannot load from CPUs " + cpus + ": this process may use "
                    + cpuByLoop.length + " of them; fix: name others, or widen its cpuset");
        }
    }

    /** The engine of the loops. */
    public Engine engine() {
        return group.engine();
    }

    /**
     * Runs a load to its end: at the latest a timeout after the measured time for what was due and could not begin, another one for
     * answers, and some seconds.
     *
     * @throws IllegalArgumentException if there are fewer connections than loops
     * @throws IllegalStateException if a loop does not end
     */
    public LoadReport run(LoadPlan plan) throws InterruptedException {
        if (plan.connections() < cpuByLoop.length) {
            throw new IllegalArgumentException("load: connections=" + plan.connections() + " (expected at least "
                    + cpuByLoop.length + ", one for each loop)");
        }
        Timeline timeline = Timeline.of(plan.bounds(), System.nanoTime() + LEAD_NANOS);
        List<LoopLoad> loads = new ArrayList<>();
        try (Connector connector = new Connector(plan.work(), group.socketChannelFactory())) {
            for (EventExecutor loop : group) {
                loads.add(loadOf((EventLoop) loop, loads.size(), plan, timeline, connector));
            }
            loads.forEach(load -> load.start(plan.work().pipelineDepth()));
            await(loads, plan.bounds());
        }
        return LoadReport.of(plan, timeline, loads, cpuByLoop);
    }

    private LoopLoad loadOf(EventLoop loop, int loopIndex, LoadPlan plan, Timeline timeline, Connector connector) {
        int loops = cpuByLoop.length;
        LoopLoad load = new LoopLoad(loop, plan, timeline, loops, loopIndex, System::nanoTime);
        for (int index = loopIndex; index < plan.connections(); index += loops) {
            // Their number on this loop, so that the loops do not share out the targets among themselves.
            load.add(connector.connection(load, loop, index / loops + loopIndex));
        }
        return load;
    }

    private static void await(List<LoopLoad> loads, LoadBounds bounds) throws InterruptedException {
        CompletableFuture<@Nullable Void> all =
                CompletableFuture.allOf(loads.stream().map(LoopLoad::ended).toArray(CompletableFuture<?>[]::new));
        long nanos = bounds.warmUp().toNanos()
                + bounds.duration().toNanos()
                + 2 * bounds.timeout().toNanos()
                + GRACE_NANOS;
        try {
            all.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the load did not end within " + TimeUnit.NANOSECONDS.toSeconds(nanos) + " s: a loop is stuck", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a loop failed: " + e.getCause(), e);
        }
    }

    /** Ends the loops. */
    @Override
    public void close() {
        group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
        group.terminationFuture().awaitUninterruptibly(2 * SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    }
}
