package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.EventLoop;
import io.netty.incubator.channel.uring.IOUringEventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The open guarded channels of one io_uring loop. Used by that loop alone. */
final class GuardedChannels implements ChannelFutureListener {
    private static final FastThreadLocal<GuardedChannels> OF_THIS_LOOP = new FastThreadLocal<>() {
        @Override
        protected GuardedChannels initialValue() {
            return new GuardedChannels();
        }
    };

    private final Set<Channel> open = new HashSet<>();
    private @Nullable CompletableFuture<@Nullable Void> allClosed;

    private GuardedChannels() {}

    static GuardedChannels ofThisLoop() {
        return OF_THIS_LOOP.get();
    }

    void add(Channel channel) {
        open.add(channel);
        channel.closeFuture().addListener(this);
        if (allClosed != null) {
            close(channel);
        }
    }

    @Override
    public void operationComplete(ChannelFuture closed) {
        Channel channel = closed.channel();
        open.remove(channel);
        if (allClosed != null && open.isEmpty()) {
            // After the deregistration, which the channel's close has put into a task.
            channel.eventLoop().execute(() -> finish(channel.eventLoop()));
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
        if (open.isEmpty()) {
            finish(loop);
        }
        List.copyOf(open).forEach(GuardedChannels::close);
    }

    /** As the loop's own shutdown does, past the pipeline, whose handlers may want to wait for the peer. */
    private static void close(Channel channel) {
        channel.unsafe().close(channel.voidPromise());
        IoUringEngine.endTransfers(channel);
    }
}
