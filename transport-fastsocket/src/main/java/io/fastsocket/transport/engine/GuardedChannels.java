package io.fastsocket.transport.engine;

import io.netty.channel.EventLoop;
import io.netty.incubator.channel.uring.IOUringEventLoop;
import io.netty.incubator.channel.uring.IOUringSocketChannel;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The guarded channels that are registered with one io_uring loop. Used by that loop alone. */
final class GuardedChannels {
    private static final FastThreadLocal<GuardedChannels> OF_THIS_LOOP = new FastThreadLocal<>() {
        @Override
        protected GuardedChannels initialValue() {
            return new GuardedChannels();
        }
    };

    private final Set<IOUringSocketChannel> registered = new HashSet<>();
    private @Nullable CompletableFuture<@Nullable Void> allClosed;

    private GuardedChannels() {}

    static GuardedChannels ofThisLoop() {
        return OF_THIS_LOOP.get();
    }

    void add(IOUringSocketChannel channel) {
        registered.add(channel);
        if (allClosed != null) {
            close(channel);
        }
    }

    void remove(IOUringSocketChannel channel) {
        registered.remove(channel);
        if (allClosed != null && registered.isEmpty()) {
            finish(allClosed, channel.eventLoop());
        }
    }

    private static void finish(CompletableFuture<@Nullable Void> allClosed, EventLoop loop) {
        // The closes are only queued; a ring that ends with them would leave the sockets open.
        ((IOUringEventLoop) loop).submitIO();
        allClosed.complete(null);
    }

    void closeAll(EventLoop loop, CompletableFuture<@Nullable Void> done) {
        allClosed = done;
        if (registered.isEmpty()) {
            finish(done, loop);
        }
        List.copyOf(registered).forEach(GuardedChannels::close);
    }

    /** As the loop's own shutdown does, past the pipeline, whose handlers may want to wait for the peer. */
    private static void close(IOUringSocketChannel channel) {
        channel.unsafe().close(channel.voidPromise());
        IoUringEngine.endTransfers(channel);
    }
}
