package io.fastsocket.examples.connections;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The end of a server: its listener closes, its connections may end by themselves for a while, and what is left is reset. Never closed
 * in order: a client would take the part that it has for the whole.
 */
public final class Drain {
    /** Closing listeners and resetting connections is a matter of milliseconds; this long, and it will not end. */
    private static final Duration STEP_MAX = Duration.ofSeconds(10);

    /** Less than a step, so that what is known by then is told. */
    private static final Duration RESET_MAX = Duration.ofSeconds(5);

    private Drain() {}

    /** The connections of a server. May be called by any thread. */
    public interface Connections {
        /** Lets them end by themselves; done when none is left. Never fails. */
        CompletionStage<Void> drain();

        /** Resets those that are left; answers how many. Never fails. */
        CompletionStage<Integer> reset();
    }

    /**
     * Ends a server. Waits, so not on an event loop.
     *
     * @param bound how long connections may go on
     * @param atOnce when done, they may go on no longer
     * @return how many connections were reset
     */
    public static int run(Channel listener, Connections connections, Duration bound, CompletionStage<?> atOnce)
            throws InterruptedException {
        long deadlineNanos = System.nanoTime() + bound.toNanos();
        listener.close().await(Math.max(bound.toNanos(), STEP_MAX.toNanos()), NANOSECONDS);
        CompletableFuture<Void> drained = connections.drain().toCompletableFuture();
        if (isDone(CompletableFuture.anyOf(drained, atOnce.toCompletableFuture()), deadlineNanos - System.nanoTime())
                && drained.isDone()) {
            return 0;
        }
        CompletableFuture<Integer> cut = connections.reset().toCompletableFuture();
        boolean counted = isDone(cut, STEP_MAX.toNanos());
        isDone(drained, STEP_MAX.toNanos());
        return counted ? cut.getNow(0) : 0;
    }

    private static boolean isDone(CompletableFuture<?> future, long waitNanos) throws InterruptedException {
        try {
            future.get(waitNanos, NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("drain: " + e.getCause(), e);
        }
    }

    /**
     * Has each event loop do its part of it.
     *
     * @param parts what each loop has
     * @param loopOf where a part lives
     * @param toReset what is to be reset, looked at on the loop
     * @return how many connections that was; a loop that is stuck is not waited for, and what it had is not counted
     */
    public static <P> CompletableFuture<Integer> reset(
            Collection<P> parts, Function<P, EventLoop> loopOf, Function<P, Collection<? extends Channel>> toReset) {
        return reset(parts, loopOf, toReset, RESET_MAX);
    }

    static <P> CompletableFuture<Integer> reset(
            Collection<P> parts,
            Function<P, EventLoop> loopOf,
            Function<P, Collection<? extends Channel>> toReset,
            Duration bound) {
        AtomicInteger count = new AtomicInteger();
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (P part : parts) {
            EventLoop loop = loopOf.apply(part);
            // One that is shutting down closes its connections itself.
            if (!loop.isShuttingDown()) {
                ends.add(CompletableFuture.runAsync(() -> count.addAndGet(resetAll(toReset.apply(part))), loop));
            }
        }
        return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                .orTimeout(bound.toNanos(), NANOSECONDS)
                .handle((done, failure) -> count.get());
    }

    private static int resetAll(Collection<? extends Channel> channels) {
        int open = 0;
        for (Channel channel : channels) {
            if (channel.isOpen()) {
                open++;
                Reset.close(channel);
            }
        }
        return open;
    }
}
