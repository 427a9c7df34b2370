package io.fastsocket.examples.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.pool.ChannelPoolHandler;
import io.netty.channel.pool.FixedChannelPool;
import io.netty.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Netty's pool of connections to one upstream, on one event loop, with {@link IdleConnections} for what is idle. Netty's
 * part is the bound, the queue of acquires and their deadline.
 */
final class LocalFirstPool extends FixedChannelPool {
    private final IdleConnections idle;
    private final PoolCounters counters;

    /** @param bootstrap on the loop that everything here is used on, with a remote address */
    LocalFirstPool(
            Bootstrap bootstrap,
            PoolSettings settings,
            Consumer<Channel> initializer,
            IdleConnections idle,
            PoolCounters counters) {
        super(
                bootstrap,
                new Events(initializer, idle),
                new HealthCheck(idle),
                AcquireTimeoutAction.FAIL,
                settings.acquireTimeout().toMillis(),
                settings.connectionsMax(),
                settings.pendingMax());
        this.idle = idle;
        this.counters = counters;
    }

    @Override
    protected ChannelFuture connectChannel(Bootstrap bootstrap) {
        PoolCounters.count(counters.misses);
        return super.connectChannel(bootstrap);
    }

    @Override
    protected @Nullable Channel pollChannel() {
        // Netty ends a closed pool on a thread of its own, when nothing is idle any more.
        return bootstrap().config().group().next().inEventLoop() ? idle.take() : null;
    }

    @Override
    protected boolean offerChannel(Channel channel) {
        return idle.add(channel);
    }

    IdleConnections idle() {
        return idle;
    }

    @Override
    public Future<Void> closeAsync() {
        idle.close();
        return super.closeAsync();
    }

    private record Events(Consumer<Channel> initializer, IdleConnections idle) implements ChannelPoolHandler {
        @Override
        public void channelCreated(Channel channel) {
            IdleState state = IdleState.attachTo(channel);
            channel.pipeline().addLast(new IdleGuard(state, idle));
            initializer.accept(channel);
            channel.pipeline().addLast(new IdleGuard(state, idle));
        }

        @Override
        public void channelAcquired(Channel channel) {
            // Netty calls this for new connections too.
        }

        @Override
        public void channelReleased(Channel channel) {
            // What is to be done was done when it was offered.
        }
    }
}
