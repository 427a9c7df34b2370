package io.fastsocket.examples.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.util.List;

/** Netty's decoder, which also says when a head has begun. */
final class RequestDecoder extends HttpRequestDecoder {
    private final HeadWatch heads = new HeadWatch();

    RequestDecoder(HttpDecoderConfig config) {
        super(config);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        int sizeBefore = out.size();
        super.decode(ctx, buffer, out);
        heads.decoded(ctx, out, sizeBefore);
    }
}
