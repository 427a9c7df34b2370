package io.fastsocket.examples.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;

/**
 * Closes a connection at once when anything arrives while it is idle: an end, an error, or bytes that belong to no
 * request and would be taken for the answer to the next one. One stands before the codecs and one behind them, for what
 * a decoder still holds. Used on the connection's event loop alone.
 */
final class IdleGuard extends ChannelInboundHandlerAdapter {
    private final IdleState state;
    private final IdleConnections idle;

    IdleGuard(IdleState state, IdleConnections idle) {
        this.state = state;
        this.idle = idle;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (state.idle) {
            ReferenceCountUtil.release(message);
            idle.lost(ctx.channel(), state);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (state.idle && event instanceof ChannelInputShutdownEvent) {
            idle.lost(ctx.channel(), state);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state.idle) {
            idle.lost(ctx.channel(), state);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (state.idle) {
            idle.lost(ctx.channel(), state);
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }
}
