package io.fastsocket.examples.proxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.http.HttpObject;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The upstream's end of an exchange: gives what comes to the request that has the connection. While none has, the pool's
 * own handlers watch. Used on one loop.
 */
final class UpstreamHandler extends ChannelInboundHandlerAdapter {
    private final AnswerDecoder answers;
    private @Nullable Exchange exchange;

    UpstreamHandler(AnswerDecoder answers) {
        this.answers = answers;
    }

    void begin(Exchange begun, boolean withHead) {
        exchange = begun;
        answers.expectAnswer(withHead);
    }

    /** Whether another request may follow: the last one is sent as a whole, its answer ended, and nothing else came. */
    static boolean isClean(Channel upstream) {
        UpstreamHandler handler = upstream.pipeline().get(UpstreamHandler.class);
        ChannelOutboundBuffer unsent = upstream.unsafe().outboundBuffer();
        return handler != null
                && handler.answers.isBetweenAnswers()
                && unsent != null
                && unsent.totalPendingWriteBytes() == 0;
    }

    void end() {
        exchange = null;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (exchange != null && message instanceof HttpObject part) {
            exchange.received(part);
        } else {
            ctx.fireChannelRead(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.receivedAll();
        } else {
            ctx.fireChannelReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (exchange != null) {
            exchange.upstreamWritabilityChanged();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (exchange != null && cause instanceof ChannelOutputShutdownException) {
            exchange.upstreamUnwritable();
            return;
        }
        if (exchange == null || !(cause instanceof IOException) || !exchange.endsWithReset()) {
            // Before the close, whose end of input would make a response without a length look complete.
            fail(String.valueOf(cause.getMessage()));
        }
        ctx.fireExceptionCaught(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail("it closed the connection");
        ctx.fireChannelInactive();
    }

    private void fail(String why) {
        if (exchange != null) {
            exchange.upstreamGone(why, answers.hasBegun());
        }
    }
}
