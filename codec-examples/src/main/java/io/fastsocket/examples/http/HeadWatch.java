package io.fastsocket.examples.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * What a decoder of requests tells the handlers behind it, besides requests: that a head has begun and is not there as a whole. A head
 * that comes in one read is not told of. Used on one event loop, by a subclass of {@link HttpRequestDecoder}.
 */
public final class HeadWatch {
    /** The event that the handlers see, once for each head. */
    public enum Event {
        HEAD_BEGUN
    }

    private boolean withinBody;
    private boolean told;

    /** After each call of {@code decode}: what it was given is now what it took and what is not enough. */
    public void decoded(ChannelHandlerContext ctx, List<Object> out, int sizeBefore) {
        if (out.size() > sizeBefore) {
            withinBody = !(out.get(out.size() - 1) instanceof LastHttpContent);
            told = false;
        } else if (!withinBody && !told) {
            told = true;
            ctx.fireUserEventTriggered(Event.HEAD_BEGUN);
        }
    }
}
