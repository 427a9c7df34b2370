package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.incubator.channel.uring.IOUringEventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The registered guarded channels of one io_uring loop, in a list that is linked through their guards: an idle connection
 * pays two references for its place. Used by that loop alone.
 */
final class GuardedChannels {
    private static final FastThreadLocal<GuardedChannels> OF_THIS_LOOP = new FastThreadLocal<>() {
        @Override
        protected GuardedChannels initialValue() {
            return new GuardedChannels();
        }
    };

    private @Nullable IoUringGuard first;
    private @Nullable CompletableFuture<@Nullable Void> allClosed;

    private GuardedChannels() {}

    static GuardedChannels ofThisLoop() {
        return OF_THIS_LOOP.get();
    }

    void add(IoUringGuard guard) {
        IoUringGuard second = first;
        guard.next = second;
        if (second != null) {
            second.previous = guard;
        }
        first = guard;
        if (allClosed != null) {
            close(guard);
        }
    }

    /** After the deregistration of a guard's channel. */
    void remove(IoUringGuard guard) {
        IoUringGuard previous = guard.previous;
        IoUringGuard next = guard.next;
        if (previous != null) {
            previous.next = next;
        } else {
            first = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        guard.previous = null;
        guard.next = null;
        if (allClosed != null && first == null) {
            EventLoop loop = guard.channel().eventLoop();
            loop.execute(() -> finish(loop));
        }
    }

    private void finish(EventLoop loop) {
        // The closes are only queued; a ring that ends with them would leave the sockets open.
        ((IOUringEventLoop) loop).submitIO();
        if (allClosed != null) {
            allClosed.complete(null);
        }
    }

    void closeAll(EventLoop loop, CompletableFuture<@Nullable Void> done) {
        allClosed = done;
        if (first == null) {
            finish(loop);
        }
        List<IoUringGuard> open = new ArrayList<>();
        for (IoUringGuard guard = first; guard != null; guard = guard.next) {
            open.add(guard);
        }
        open.forEach(GuardedChannels::close);
    }

    /** As the loop's own shutdown does, past the pipeline, whose handlers may want to wait for the peer. */
    private static void close(IoUringGuard guard) {
        Channel channel = guard.channel();
        guard.closeInOrder(() -> {
            channel.unsafe().close(channel.voidPromise());
            IoUringEngine.endTransfers(channel);
        });
    }
}
