package io.fastsocket.transport.engine;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.incubator.channel.uring.IOUringEventLoop;

/**
 * Closes a datagram channel of io_uring that is deregistered. It can serve no other loop, and must be closed once alone: the incubator
 * frees its memory each time, and a refused registration closes forcibly, past all that keeps count.
 */
final class ClosedWithoutLoop extends ChannelInboundHandlerAdapter {
    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        if (ctx.channel().isOpen()) {
            // Nothing of it may wait for submission while another loop refuses it.
            ((IOUringEventLoop) ctx.channel().eventLoop()).submitIO();
            ctx.channel().unsafe().close(ctx.channel().unsafe().voidPromise());
        }
        ctx.fireChannelUnregistered();
    }
}
