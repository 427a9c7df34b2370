package io.fastsocket.examples.upstream;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;

/** What the pool knows of one connection. Used on the connection's event loop alone. */
final class IdleState {
    private static final AttributeKey<IdleState> KEY = AttributeKey.valueOf(IdleState.class, "state");

    /** Given back and not handed out again: nothing may arrive now. */
    boolean idle;

    /** Idle still, but on its way to be handed out. */
    boolean taken;

    long idleSinceNanos;

    /** Handed out before. */
    boolean used;

    /** Not to be used again. */
    boolean spoilt;

    static IdleState of(Channel channel) {
        return channel.attr(KEY).get();
    }

    static IdleState attachTo(Channel channel) {
        IdleState state = new IdleState();
        channel.attr(KEY).set(state);
        return state;
    }
}
