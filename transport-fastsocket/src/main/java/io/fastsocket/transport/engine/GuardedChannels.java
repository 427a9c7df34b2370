package io.fastsocket.transport.engine;

import io.netty.incubator.channel.uring.IOUringSocketChannel;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Promise;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    private @Nullable Promise<Void> allClosed;

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
            allClosed.trySuccess(null);
        }
    }

    void closeAll(Promise<Void> done) {
        allClosed = done;
        if (registered.isEmpty()) {
            done.trySuccess(null);
        }
        List.copyOf(registered).forEach(GuardedChannels::close);
    }

    /** As the loop's own shutdown does, past the pipeline, whose handlers may want to wait for the peer. */
    private static void close(IOUringSocketChannel channel) {
        channel.unsafe().close(channel.voidPromise());
        IoUringEngine.endTransfers(channel);
    }
}
