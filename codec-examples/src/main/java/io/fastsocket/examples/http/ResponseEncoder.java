package io.fastsocket.examples.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Netty's encoder, which lets bytes that are encoded already pass by. */
final class ResponseEncoder extends HttpResponseEncoder {
    @Override
    public boolean acceptOutboundMessage(Object message) throws Exception {
        return !(message instanceof ByteBuf) && super.acceptOutboundMessage(message);
    }
}
