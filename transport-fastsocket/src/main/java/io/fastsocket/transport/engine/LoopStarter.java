package io.fastsocket.transport.engine;

import io.fastsocket.affinity.AffinityPlan;
import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.LoopPlacement;
import io.fastsocket.affinity.PinResult;
import io.fastsocket.affinity.PinnedThreadFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts the loops of a plan: each thread is pinned first, then makes its loop, so that the ring and all the loop
 * allocates is made on the CPU that will use it, and then becomes the loop's thread.
 */
public final class LoopStarter {
    /** How long one loop may take to start, in seconds. It takes milliseconds; a machine that swaps takes longer. */
    private static final int START_SECONDS_MAX = 30;

    private LoopStarter() {}

    /**
     * Starts all loops and waits for them. When one cannot start, those that did are ended and the first error is thrown.
     *
     * @param threadName prefix of the thread names; the loop's index is appended
     * @param allowed the CPUs an unpinned loop may use
     * @throws EngineStartException when a loop of this engine cannot be made
     */
    public static List<PinnedLoop> start(LoopEngine engine, AffinityPlan plan, String threadName, CpuSet allowed)
            throws EngineStartException {
        List<CompletableFuture<PinnedLoop>> starting = new ArrayList<>();
        for (LoopPlacement placement : plan.loops()) {
            starting.add(startOne(engine, placement, threadName + "-" + placement.loopIndex(), allowed));
        }
        try {
            // Not interruptibly: Netty's groups can be made by an interrupted thread too.
            CompletableFuture.allOf(starting.toArray(CompletableFuture<?>[]::new))
                    .orTimeout(START_SECONDS_MAX, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException failed) {
            // Also those that start late.
            starting.forEach(
                    loop -> loop.thenAccept(started -> started.group().shutdownGracefully(0, 0, TimeUnit.SECONDS)));
            throw new EngineStartException(engine.engine(), Objects.requireNonNullElse(failed.getCause(), failed));
        }
        return starting.stream().map(CompletableFuture::join).toList();
    }

    private static CompletableFuture<PinnedLoop> startOne(
            LoopEngine engine, LoopPlacement placement, String threadName, CpuSet allowed) {
        CompletableFuture<PinnedLoop> started = new CompletableFuture<>();
        LoopThread body = new LoopThread(engine, placement, started);
        // Like Netty's own loops, not a daemon, whoever starts it.
        Thread thread =
                new PinnedThreadFactory(threadName, false, placement.cpu(), allowed, body::placed).newThread(body);
        try {
            thread.start();
        } catch (OutOfMemoryError noMoreThreads) {
            started.completeExceptionally(noMoreThreads);
        }
        return started;
    }

    /** What the loop's thread does; also the executor that gives the loop this very thread. */
    private static final class LoopThread implements Runnable, Executor {
        private final LoopEngine engine;
        private final LoopPlacement loop;
        private final CompletableFuture<PinnedLoop> started;
        private @Nullable PinResult placement;
        private @Nullable Runnable loopBody;

        LoopThread(LoopEngine engine, LoopPlacement loop, CompletableFuture<PinnedLoop> started) {
            this.engine = engine;
            this.loop = loop;
            this.started = started;
        }

        void placed(PinResult result) {
            placement = result;
        }

        @Override
        public void run() {
            try {
                EventLoopGroup group = engine.newLoop(this);
                EventLoop eventLoop = group.next();
                // A loop asks for its thread with its first task.
                eventLoop.execute(() -> {});
                PinnedLoop running =
                        new PinnedLoop(loop.loopIndex(), Objects.requireNonNull(placement), eventLoop, group);
                running.runsOnThisThread();
                started.complete(running);
            } catch (Throwable cannotStart) {
                started.completeExceptionally(cannotStart);
                return;
            }
            Objects.requireNonNull(loopBody).run();
        }

        @Override
        public void execute(Runnable body) {
            if (loopBody != null) {
                throw new RejectedExecutionException("an event loop has one thread");
            }
            loopBody = body;
        }
    }
}
