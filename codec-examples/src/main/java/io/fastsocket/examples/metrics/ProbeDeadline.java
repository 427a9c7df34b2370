package io.fastsocket.examples.metrics;

import io.fastsocket.examples.connections.Deadline;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Closes a connection whose request does not come as a whole, or that has had none for long. Goes in front of the decoder. */
final class ProbeDeadline extends ChannelInboundHandlerAdapter {
    /** From the connection's start or the request's first byte; further bytes do not move it. */
    private static final long REQUEST_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

    private static final long IDLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    private @Nullable Deadline deadline;
    private boolean withinRequest;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = new Deadline(ctx.executor(), ctx::close);
        deadline.in(REQUEST_NANOS_MAX);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!withinRequest && deadline != null) {
            withinRequest = true;
            deadline.in(REQUEST_NANOS_MAX);
        }
        ctx.fireChannelRead(message);
    }

    /** The request is there. */
    void answered() {
        withinRequest = false;
        if (deadline != null) {
            deadline.in(IDLE_NANOS_MAX);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        handlerRemoved(ctx);
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }
}
