package io.fastsocket.examples.upstream;

import io.netty.channel.Channel;

/**
 * A connection of an {@link UpstreamPool}, from the acquire until it is given back. Exactly one of {@link #release} and
 * {@link #discard} ends it; whatever is called after that does nothing. Used on the pool's event loop alone.
 */
public final class PooledConnection {
    private final LocalFirstPool pool;
    private final PoolCounters counters;
    private final Channel channel;
    private final IdleState state;
    private final boolean reused;
    private boolean ended;

    PooledConnection(LocalFirstPool pool, PoolCounters counters, Channel channel) {
        this.pool = pool;
        this.counters = counters;
        this.channel = channel;
        this.state = IdleState.of(channel);
        this.reused = state.used;
        state.used = true;
        state.idle = false;
        state.taken = false;
        if (reused) {
            PoolCounters.count(counters.hits);
        }
    }

    /** The connection. Its user adds handlers at the end of the pipeline, and removes them before the release. */
    public Channel channel() {
        return channel;
    }

    /**
     * Whether it carried other work before. The upstream may have ended such a connection while this work was on its
     * way: work that may be done twice is worth one more try.
     */
    public boolean reused() {
        return reused;
    }

    /**
     * Gives the connection back for the next use: what was asked on it is answered in full, nothing more is to come, and
     * no decoder in its pipeline holds a byte. If anything still comes, the connection is closed. Auto-read is on from
     * here.
     */
    public void release() {
        if (!end()) {
            return;
        }
        state.idle = true;
        channel.config().setAutoRead(true);
        // Not at once: what the bytes just read still hold behind the answer must not meet the next user.
        channel.eventLoop().execute(() -> pool.release(channel));
    }

    /** Closes the connection: its state is unknown, or it is not to be used again. */
    public void discard() {
        if (!end()) {
            return;
        }
        PoolCounters.count(counters.discarded);
        state.spoilt = true;
        channel.close();
        pool.release(channel);
    }

    private boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }
}
