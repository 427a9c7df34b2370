package io.fastsocket.examples.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Netty's encoder, which lets bytes that are encoded already and file regions pass by. */
final class ResponseEncoder extends HttpResponseEncoder {
    @Override
    public boolean acceptOutboundMessage(Object message) throws Exception {
        return !(message instanceof ByteBuf || message instanceof FileRegion) && super.acceptOutboundMessage(message);
    }
}
