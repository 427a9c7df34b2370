package io.fastsocket.examples.upstream;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The idle connections of one event loop to one upstream, the longest idle first. Hands out a local one if there is one,
 * and of those the last used: what is used rarely is then free to expire. Used on that loop alone.
 */
final class IdleConnections {
    /** To ask whether a connection is local is a system call. */
    private static final int LOCAL_SEARCH_MAX = 8;

    private final EventLoop loop;
    private final long idleNanosMax;
    private final Predicate<Channel> isLocal;
    private final PoolCounters counters;
    private final Deque<Channel> connections = new ArrayDeque<>();
    private @Nullable Future<?> expiry;
    private boolean closed;

    IdleConnections(EventLoop loop, long idleNanosMax, Predicate<Channel> isLocal, PoolCounters counters) {
        this.loop = loop;
        this.idleNanosMax = idleNanosMax;
        this.isLocal = isLocal;
        this.counters = counters;
    }

    /** Keeps a connection; answers false when it is to be closed instead. */
    boolean add(Channel channel) {
        if (closed) {
            return false;
        }
        IdleState state = IdleState.of(channel);
        state.idle = true;
        state.taken = false;
        state.idleSinceNanos = System.nanoTime();
        connections.addLast(channel);
        if (expiry == null) {
            expiry = loop.schedule(this::expireAndGoOn, idleNanosMax, NANOSECONDS);
        }
        return true;
    }

    /** The connection to use next, taken out; null if there is none. */
    @Nullable
    Channel take() {
        expire();
        Channel taken = local();
        if (taken == null) {
            taken = connections.pollLast();
        }
        if (taken != null) {
            // Idle until it is handed out: nothing may arrive before that.
            IdleState.of(taken).taken = true;
        }
        return taken;
    }

    private @Nullable Channel local() {
        Iterator<Channel> lastUsedFirst = connections.descendingIterator();
        for (int asked = 0; asked < LOCAL_SEARCH_MAX && lastUsedFirst.hasNext(); asked++) {
            Channel channel = lastUsedFirst.next();
            if (isLocal.test(channel)) {
                lastUsedFirst.remove();
                return channel;
            }
        }
        return null;
    }

    /** The upstream ended an idle connection, or sent something on it. */
    void lost(Channel channel, IdleState state) {
        connections.remove(channel);
        if (!state.spoilt) {
            state.spoilt = true;
            PoolCounters.count(counters.lost);
        }
        channel.close();
    }

    private void expireAndGoOn() {
        expiry = null;
        expire();
        Channel oldest = connections.peekFirst();
        if (oldest != null) {
            long leftNanos = IdleState.of(oldest).idleSinceNanos + idleNanosMax - System.nanoTime();
            expiry = loop.schedule(this::expireAndGoOn, leftNanos, NANOSECONDS);
        }
    }

    private void expire() {
        long now = System.nanoTime();
        for (Channel oldest = connections.peekFirst();
                oldest != null && now - IdleState.of(oldest).idleSinceNanos >= idleNanosMax;
                oldest = connections.peekFirst()) {
            connections.removeFirst();
            PoolCounters.count(counters.expired);
            close(oldest);
        }
    }

    /** Closes all, and keeps none from here on. */
    void close() {
        closed = true;
        if (expiry != null) {
            expiry.cancel(false);
        }
        for (Channel next = connections.pollFirst(); next != null; next = connections.pollFirst()) {
            close(next);
        }
    }

    private static void close(Channel channel) {
        // Its end is our doing: nothing is lost.
        IdleState.of(channel).spoilt = true;
        channel.close();
    }

    int size() {
        return connections.size();
    }
}
