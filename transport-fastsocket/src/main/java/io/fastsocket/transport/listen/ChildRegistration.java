package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.PinnedLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Stands in an accepted connection's pipeline until it is registered, wherever that is, and counts it there: Netty calls it
 * on the loop that the connection lives on from then on, before any other handler, and never when the registration fails.
 */
final class ChildRegistration extends ChannelHandlerAdapter {
    private static final String NAME = "fastsocket#accepted";

    private final AcceptingLoops accepting;
    private final @Nullable PinnedLoop acceptedOn;
    private final int arrivesAt;
    private final @Nullable ChildGroup childGroup;

    private ChildRegistration(
            AcceptingLoops accepting, @Nullable PinnedLoop acceptedOn, int arrivesAt, @Nullable ChildGroup childGroup) {
        this.accepting = accepting;
        this.acceptedOn = acceptedOn;
        this.arrivesAt = arrivesAt;
        this.childGroup = childGroup;
    }

    /**
     * Awaits the registration of a connection that one of our listeners accepted.
     *
     * @param arrivesAt the index of the loop that receives its packets, or {@link
     *     io.fastsocket.transport.engine.CpuOwners#NO_LOOP}
     */
    static void await(
            Channel child, AcceptingLoops accepting, PinnedLoop acceptedOn, int arrivesAt, ChildGroup childGroup) {
        child.pipeline().addFirst(NAME, new ChildRegistration(accepting, acceptedOn, arrivesAt, childGroup));
    }

    /** The same of a connection that some other listener accepted. */
    static void await(Channel child, AcceptingLoops accepting, int arrivesAt) {
        child.pipeline().addFirst(NAME, new ChildRegistration(accepting, null, arrivesAt, null));
    }

    static boolean isAwaited(Channel child) {
        return child.pipeline().context(NAME) != null;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.pipeline().remove(this);
        EventLoop livesOn = ctx.channel().eventLoop();
        if (!accepting.registered(ctx.channel(), acceptedOn, arrivesAt) && childGroup != null) {
            childGroup.warnOfLoop(livesOn);
        }
    }
}
