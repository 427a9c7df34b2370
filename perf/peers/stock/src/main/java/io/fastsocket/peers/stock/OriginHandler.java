package io.fastsocket.peers.stock;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** A connection to the origin: tells the client that it serves what comes. */
final class OriginHandler extends ChannelInboundHandlerAdapter {
    private @Nullable ClientHandler client;

    /** Serves a client, or null: none. */
    void serve(@Nullable ClientHandler next) {
        client = next;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (client != null) {
            client.received(message);
        } else {
            ReferenceCountUtil.release(message);
            ctx.close();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (client != null) {
            client.receivedAll();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        // The other way, this is called from within a write: no place to flush, or to write more.
        if (client != null && ctx.channel().isWritable()) {
            client.originWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (client != null) {
            client.originGone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
