package io.fastsocket.examples.http;

import static io.netty.handler.codec.http.HttpHeaderNames.ALLOW;
import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpHeaderNames.DATE;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import io.fastsocket.examples.http.ReadyResponses.Next;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;

/** Writes responses, unflushed. Used on one event loop. */
final class ResponseWriter {
    private final ReadyResponses ready;

    ResponseWriter(ReadyResponses ready) {
        this.ready = ready;
    }

    /** The text of {@code GET /}. */
    void text(ChannelHandlerContext ctx, boolean head, Next next, ChannelPromise written) {
        ctx.write(ready.text(next, head), written);
    }

    /** A body of the client's own. Takes over the reference to the body. */
    void echo(ChannelHandlerContext ctx, String contentType, ByteBuf body, Next next, ChannelPromise written) {
        var response = new DefaultFullHttpResponse(HTTP_1_1, HttpResponseStatus.OK, body);
        fields(response.headers(), contentType, body.readableBytes(), next);
        ctx.write(response, written);
    }

    /** A status and one line that explains it. */
    void status(
            ChannelHandlerContext ctx,
            HttpResponseStatus status,
            String explanation,
            boolean head,
            Next next,
            ChannelPromise written) {
        writeStatus(ctx, status, explanation, "", head, next, written);
    }

    /** 405 with the methods that are allowed. */
    void notAllowed(ChannelHandlerContext ctx, String allow, boolean head, Next next, ChannelPromise written) {
        writeStatus(ctx, HttpResponseStatus.METHOD_NOT_ALLOWED, "allowed: " + allow, allow, head, next, written);
    }

    private void writeStatus(
            ChannelHandlerContext ctx,
            HttpResponseStatus status,
            String explanation,
            String allow,
            boolean head,
            Next next,
            ChannelPromise written) {
        ByteBuf line = ByteBufUtil.writeAscii(ctx.alloc(), status.code() + " " + explanation + "\n");
        var response = new DefaultFullHttpResponse(HTTP_1_1, status, head ? Unpooled.EMPTY_BUFFER : line);
        fields(response.headers(), "text/plain", line.readableBytes(), next);
        if (!allow.isEmpty()) {
            response.headers().set(ALLOW, allow);
        }
        if (head) {
            line.release();
        }
        ctx.write(response, written);
    }

    /** The head of a response whose body of so many bytes follows as buffers or regions and ends with {@link #end}. */
    void begin(ChannelHandlerContext ctx, long bodyBytes, Next next) {
        var response = new DefaultHttpResponse(HTTP_1_1, HttpResponseStatus.OK);
        fields(response.headers(), "application/octet-stream", bodyBytes, next);
        ctx.write(response, ctx.voidPromise());
    }

    /** The end of what {@link #begin} began. */
    void end(ChannelHandlerContext ctx, ChannelPromise written) {
        ctx.write(LastHttpContent.EMPTY_LAST_CONTENT, written);
    }

    private void fields(HttpHeaders fields, String contentType, long contentLength, Next next) {
        fields.set(CONTENT_TYPE, contentType).set(CONTENT_LENGTH, contentLength).set(DATE, ready.date());
        switch (next) {
            case KEEP -> {}
            case KEEP_SAID -> fields.set(CONNECTION, HttpHeaderValues.KEEP_ALIVE);
            case CLOSE -> fields.set(CONNECTION, HttpHeaderValues.CLOSE);
        }
    }
}
