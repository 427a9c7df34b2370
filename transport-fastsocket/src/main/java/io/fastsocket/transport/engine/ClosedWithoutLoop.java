package io.fastsocket.transport.engine;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Closes a datagram channel of io_uring that is deregistered. It can serve no other loop, and must be closed once alone: the incubator
 * frees its memory each time, and a refused registration closes forcibly, past all that keeps count.
 */
final class ClosedWithoutLoop extends ChannelInboundHandlerAdapter {
    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        if (ctx.channel().isOpen()) {
            ctx.channel().unsafe().close(ctx.channel().unsafe().voidPromise());
        }
        ctx.fireChannelUnregistered();
    }
}
