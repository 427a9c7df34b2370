package io.fastsocket.transport;

import io.fastsocket.transport.connect.ConnectingLoops;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.listen.AcceptingLoops;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Ends a group: server channels first, so that nothing new comes, then what the engine wants closed before its loops end,
 * then the loops, which close the rest.
 */
final class GroupShutdown {
    private final LoopEngine engine;
    private final List<PinnedLoop> loops;
    private final AcceptingLoops accepting;
    private final ConnectingLoops connecting;
    private final LoopDeaths deaths;
    private final AtomicBoolean started = new AtomicBoolean();
    private final Set<PinnedLoop> running = ConcurrentHashMap.newKeySet();
    private final AtomicInteger loopsRunning;
    private final Promise<Void> terminated = new DefaultPromise<>(GlobalEventExecutor.INSTANCE);

    GroupShutdown(LoopEngine engine, List<PinnedLoop> loops, AcceptingLoops accepting, ConnectingLoops connecting) {
        this.engine = engine;
        this.loops = loops;
        this.accepting = accepting;
        this.connecting = connecting;
        this.deaths = new LoopDeaths(loops, started::get);
        this.loopsRunning = new AtomicInteger(loops.size());
        running.addAll(loops);
        for (PinnedLoop loop : loops) {
            // The loop's own future has the cause; its group's has not.
            loop.eventLoop().terminationFuture().addListener(ended -> loopEnded(loop, ended.cause()));
        }
    }

    private void loopEnded(PinnedLoop loop, @Nullable Throwable cause) {
        deaths.loopEnded(loop, cause);
        if (running.remove(loop) && loopsRunning.decrementAndGet() == 0) {
            accepting.forget();
            connecting.close();
            terminated.trySuccess(null);
        }
    }

    /** As Netty's groups answer: one loop that has died is no shutdown. */
    boolean isStarted() {
        return isAskedFor() || loops.stream().allMatch(loop -> loop.group().isShuttingDown());
    }

    /** Whether {@link #start} was called, in whatever state the loops are. */
    boolean isAskedFor() {
        return started.get();
    }

    LoopDeaths deaths() {
        return deaths;
    }

    Future<?> terminated() {
        return terminated;
    }

    Future<?> start(long quietPeriod, long timeout, TimeUnit unit) {
        if (quietPeriod < 0 || timeout < quietPeriod) {
            throw new IllegalArgumentException("shutdown failed on event loop group: quietPeriod=" + quietPeriod
                    + ", timeout=" + timeout + " (expected 0 <= quietPeriod <= timeout)");
        }
        Objects.requireNonNull(unit, "unit");
        if (started.compareAndSet(false, true)) {
            within(timeout, unit, accepting.closeServers(), () -> endLoops(quietPeriod, timeout, unit));
        }
        return terminated;
    }

    private void endLoops(long quietPeriod, long timeout, TimeUnit unit) {
        for (PinnedLoop loop : loops) {
            if (loop.eventLoop().isShuttingDown()) {
                endDead(loop, timeout, unit);
            }
            within(timeout, unit, engine.closeChannels(loop.eventLoop()), () -> loop.group()
                    .shutdownGracefully(quietPeriod, timeout, unit));
        }
    }

    /** What it had may be open still; its thread may hang on the way out, for ever. */
    private void endDead(PinnedLoop loop, long timeout, TimeUnit unit) {
        if (loop.eventLoop().isTerminated()) {
            accepting.closeSockets(loop);
        } else {
            GlobalEventExecutor.INSTANCE.schedule(() -> loopEnded(loop, null), timeout, unit);
        }
    }

    /** Runs {@code next} once: after {@code step}, or at the timeout, since a handler may not let go of its loop. */
    private static void within(long timeout, TimeUnit unit, CompletableFuture<?> step, Runnable next) {
        AtomicBoolean ran = new AtomicBoolean();
        Runnable once = () -> {
            if (ran.compareAndSet(false, true)) {
                next.run();
            }
        };
        Future<?> deadline = GlobalEventExecutor.INSTANCE.schedule(once, timeout, unit);
        step.whenComplete((done, failure) -> {
            deadline.cancel(false);
            once.run();
        });
    }
}
