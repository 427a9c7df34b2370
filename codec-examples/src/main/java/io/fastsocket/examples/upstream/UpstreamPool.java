package io.fastsocket.examples.upstream;

import io.fastsocket.examples.upstream.UpstreamException.Reason;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.pool.AbstractChannelPoolMap;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Connections to upstreams that are used again and again by one event loop: bounded, expiring, checked when they are
 * handed out, a local one first.
 *
 * <p>One instance per event loop, used on that loop alone but for {@link #stats} and {@link #close}; a connection lives
 * and dies on its loop, so there is nothing to lock. It costs a connection per loop where a shared pool had one in all.
 */
public final class UpstreamPool implements AutoCloseable {
    private final EventLoop loop;
    private final PoolSettings settings;
    private final PoolCounters counters = new PoolCounters();
    private final AbstractChannelPoolMap<Upstream, LocalFirstPool> pools;
    private boolean closed;

    /**
     * @param loop where the connections live
     * @param template says which channels (a channel factory), with what options and which resolver; it has no group
     * @param initializer puts into a new connection's pipeline what stays there: codecs, for example
     * @param isLocal whether a connection's packets arrive on the loop's CPU; {@code channel -> true} where that is not
     *     known. Asked for at most eight connections per acquire
     */
    public UpstreamPool(
            EventLoop loop,
            Bootstrap template,
            PoolSettings settings,
            Consumer<Channel> initializer,
            Predicate<Channel> isLocal) {
        this.loop = loop;
        this.settings = settings;
        Bootstrap bootstrap = template.clone(loop).option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                settings.connectTimeout().toMillis());
        this.pools = new AbstractChannelPoolMap<>() {
            @Override
            protected LocalFirstPool newPool(Upstream upstream) {
                IdleConnections idle =
                        new IdleConnections(loop, settings.idleTimeout().toNanos(), isLocal, counters);
                return new LocalFirstPool(
                        bootstrap.clone().remoteAddress(upstream.address()), settings, initializer, idle, counters);
            }
        };
    }

    /**
     * A connection to the upstream: an idle one, else a new one, else the next that is given back. Fails with an
     * {@link UpstreamException}.
     *
     * @throws IllegalStateException if the calling thread is not the loop's
     */
    public Future<PooledConnection> acquire(Upstream upstream) {
        if (!loop.inEventLoop()) {
            throw new IllegalStateException("cannot acquire a connection to " + upstream + ": thread="
                    + Thread.currentThread().getName() + " (expected the pool's event loop): the pool is not locked;"
                    + " fix: call it from a handler or a task of the loop");
        }
        Promise<PooledConnection> acquired = loop.newPromise();
        if (closed) {
            return acquired.setFailure(failure(upstream, new IllegalStateException("closed")));
        }
        LocalFirstPool pool = pools.get(upstream);
        pool.acquire().addListener((FutureListener<Channel>) result -> {
            if (!result.isSuccess()) {
                acquired.tryFailure(failure(upstream, result.cause()));
                return;
            }
            PooledConnection connection = new PooledConnection(pool, counters, result.getNow());
            if (!acquired.trySuccess(connection)) {
                connection.release();
            }
        });
        return acquired;
    }

    private UpstreamException failure(Upstream upstream, Throwable cause) {
        String what = "cannot acquire a connection to " + upstream + ": ";
        if (closed) {
            return new UpstreamException(
                    Reason.CLOSED, what + "pool=closed (expected open): the proxy stops; fix: start it again", cause);
        }
        if (cause instanceof TimeoutException) {
            return new UpstreamException(
                    Reason.ACQUIRE_TIMEOUT,
                    what + "waited=" + settings.acquireTimeout() + " (expected less): all " + settings.connectionsMax()
                            + " connections of this loop are in use; fix: allow more, or find out what makes the"
                            + " upstream slow",
                    cause);
        }
        if (cause instanceof IllegalStateException) {
            return new UpstreamException(
                    Reason.TOO_MANY_PENDING,
                    what + "pending=" + settings.pendingMax() + " (expected less): all " + settings.connectionsMax()
                            + " connections of this loop are in use; fix: allow more, or find out what makes the"
                            + " upstream slow",
                    cause);
        }
        return new UpstreamException(
                Reason.CONNECT_FAILED,
                what + "connect failed (expected within " + settings.connectTimeout() + "): " + cause.getMessage()
                        + "; fix: start the upstream, or name another",
                cause);
    }

    /** What was done so far. May be called by any thread. */
    public PoolStats stats() {
        return counters.stats();
    }

    /** Idle connections to the upstream. */
    public int idleCount(Upstream upstream) {
        return pools.contains(upstream) ? pools.get(upstream).idle().size() : 0;
    }

    /** Connections to the upstream that are in use or on their way. */
    public int acquiredCount(Upstream upstream) {
        return pools.contains(upstream) ? pools.get(upstream).acquiredChannelCount() : 0;
    }

    /**
     * Closes what is idle, fails what waits, and closes each connection in use when it is given back. Does so on the
     * loop, later if another thread calls; not at all if the loop has ended, which closes its connections itself.
     */
    @Override
    public void close() {
        if (loop.inEventLoop()) {
            closeNow();
        } else if (!loop.isShuttingDown()) {
            loop.execute(this::closeNow);
        }
    }

    private void closeNow() {
        closed = true;
        for (Map.Entry<Upstream, LocalFirstPool> entry : pools) {
            entry.getValue().closeAsync();
        }
    }
}
