package io.fastsocket.transport;

import io.fastsocket.transport.connect.ConnectingLoops;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.listen.AcceptingLoops;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.concurrent.ThreadProperties;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Ends a group: server channels first, so that nothing new comes, then what the engine wants closed before its loops end,
 * then the loops, which close the rest. A loop whose thread does not come back from a task never ends: then the group's
 * termination fails, after the timeout, and says where that thread is.
 */
final class GroupShutdown {
    /** How long a loop may take, beyond the timeout, for the tasks it has: Netty's loops finish what is queued. */
    private static final int LAST_TASK_SECONDS_MAX = 5;

    /** Of the stack of a thread that does not come back. */
    private static final int FRAMES_MAX = 8;

    /** Longer than anybody waits, and short enough to be added to a time. */
    private static final long NANOS_MAX = TimeUnit.DAYS.toNanos(3650);

    private final LoopEngine engine;
    private final List<PinnedLoop> loops;
    private final AcceptingLoops accepting;
    private final ConnectingLoops connecting;
    private final LoopDeaths deaths;
    private final AtomicBoolean started = new AtomicBoolean();
    private final Set<PinnedLoop> running = ConcurrentHashMap.newKeySet();
    private final AtomicInteger loopsRunning;
    private final AtomicBoolean forgotten = new AtomicBoolean();
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
            forget();
            terminated.trySuccess(null);
        }
    }

    private void forget() {
        if (forgotten.compareAndSet(false, true)) {
            accepting.forget();
            connecting.close();
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
            long timeoutNanos = Math.min(unit.toNanos(timeout), NANOS_MAX);
            long deadlineNanos = System.nanoTime() + timeoutNanos;
            long quietNanos = Math.min(unit.toNanos(quietPeriod), NANOS_MAX);
            within(deadlineNanos, accepting.closeServers(), () -> endLoops(quietNanos, deadlineNanos));
            // Each step takes its part of the timeout, and a loop the quiet period at least.
            Future<?> last = GlobalEventExecutor.INSTANCE.schedule(
                    this::giveUp,
                    timeoutNanos + quietNanos + TimeUnit.SECONDS.toNanos(LAST_TASK_SECONDS_MAX),
                    TimeUnit.NANOSECONDS);
            terminated.addListener(ended -> last.cancel(false));
        }
        return terminated;
    }

    private void endLoops(long quietNanos, long deadlineNanos) {
        for (PinnedLoop loop : loops) {
            if (loop.eventLoop().isShuttingDown()) {
                endDead(loop, deadlineNanos);
            }
            within(deadlineNanos, engine.closeChannels(loop.eventLoop()), () -> loop.group()
                    .shutdownGracefully(
                            quietNanos, Math.max(quietNanos, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS));
        }
    }

    /** What it had may be open still; its thread may hang on the way out, for ever. */
    private void endDead(PinnedLoop loop, long deadlineNanos) {
        if (loop.eventLoop().isTerminated()) {
            accepting.closeSockets(loop);
        } else {
            GlobalEventExecutor.INSTANCE.schedule(
                    () -> loopEnded(loop, null), Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private void giveUp() {
        String busy = loops.stream()
                .filter(loop -> !loop.group().isTerminated())
                .map(GroupShutdown::whereItIs)
                .collect(Collectors.joining("; "));
        if (terminated.tryFailure(new IllegalStateException("shutdown failed on event loop group: " + busy
                + " (expected to have ended within the timeout): a task or handler there does not return;"
                + " fix: do not block an event loop, and end tasks that go on for ever"))) {
            forget();
        }
    }

    private static String whereItIs(PinnedLoop loop) {
        if (!(loop.eventLoop() instanceof SingleThreadEventExecutor executor)) {
            return "loop=" + loop.index();
        }
        ThreadProperties thread = executor.threadProperties();
        return "loop=" + loop.index() + ", thread=" + thread.name() + ", state=" + thread.state() + ", at="
                + Stream.of(thread.stackTrace())
                        .limit(FRAMES_MAX)
                        .map(StackTraceElement::toString)
                        .collect(Collectors.joining(" < "));
    }

    /** Runs {@code next} once: after {@code step}, or at the deadline, since a handler may not let go of its loop. */
    private static void within(long deadlineNanos, CompletableFuture<?> step, Runnable next) {
        AtomicBoolean ran = new AtomicBoolean();
        Runnable once = () -> {
            if (ran.compareAndSet(false, true)) {
                next.run();
            }
        };
        Future<?> deadline = GlobalEventExecutor.INSTANCE.schedule(
                once, Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        step.whenComplete((done, failure) -> {
            deadline.cancel(false);
            once.run();
        });
    }
}
