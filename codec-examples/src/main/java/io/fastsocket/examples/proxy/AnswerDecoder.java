package io.fastsocket.examples.proxy;

import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's decoder, told of each request: it decodes the one answer to it and no byte beyond, and knows whether any came.
 * What follows a switch of protocols it leaves as it is, for whoever takes it out of the pipeline. Used on one loop.
 */
final class AnswerDecoder extends HttpResponseDecoder {
    /** A request is out, and its answer has not ended. */
    private boolean expecting;

    /** Something of it came, be it less than can be decoded. */
    private boolean begun;

    private boolean answersHead;
    private boolean interim;
    private boolean switched;

    /** Bytes came that are part of no answer, or will: the fields announce some where none may be. */
    private boolean unasked;

    AnswerDecoder(int lineBytesMax, int headerBytesMax) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(lineBytesMax)
                .setMaxHeaderSize(headerBytesMax)
                .setMaxChunkSize(StrictRequestDecoder.CHUNK_BYTES_MAX)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(false)
                .setHeadersFactory(SingleFields.FACTORY)
                .setTrailersFactory(DefaultHttpHeadersFactory.trailersFactory()));
    }

    /** A request is being sent; what comes from here on is its answer. */
    void expectAnswer(boolean toHead) {
        expecting = true;
        begun = false;
        answersHead = toHead;
    }

    /** Whether any byte came of the answer to the last request. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether the answer has ended by its own framing, and nothing came that belongs to none. */
    boolean isBetweenAnswers() {
        return !expecting && !switched && !unasked && actualReadableBytes() == 0;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (switched) {
            return;
        }
        if (!expecting) {
            unasked = true;
            in.skipBytes(in.readableBytes());
            return;
        }
        begun = true;
        int before = out.size();
        super.decode(ctx, in, out);
        for (int i = before; i < out.size(); i++) {
            look(out.get(i));
        }
    }

    private void look(Object decoded) {
        if (decoded instanceof HttpResponse head) {
            switched = head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
            interim = !switched && head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        }
        if (decoded instanceof LastHttpContent && !interim) {
            expecting = false;
        }
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        HttpResponseStatus status = ((HttpResponse) message).status();
        // Asked here because Netty removes the encoding of what is empty.
        unasked |= announcesTooMuch(status, message.headers());
        // 101 too: Netty waits for a body where a draft of WebSocket of 2010 has one.
        boolean informational = status.codeClass() == HttpStatusClass.INFORMATIONAL;
        return answersHead || informational || super.isContentAlwaysEmpty(message);
    }

    private static boolean announcesTooMuch(HttpResponseStatus status, HttpHeaders fields) {
        boolean encoded = fields.contains(TRANSFER_ENCODING);
        if (status.equals(HttpResponseStatus.NO_CONTENT)) {
            return encoded || !"0".equals(fields.get(CONTENT_LENGTH, "0"));
        }
        return encoded && fields.contains(CONTENT_LENGTH);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        boolean status = length == 3 && line[start] >= '1' && line[start] <= '9';
        for (int i = start + 1; i < start + length; i++) {
            status &= line[i] >= '0' && line[i] <= '9';
        }
        if (!status) {
            throw new IllegalArgumentException("status line: a status that is not of three digits");
        }
        return super.splitSecondWordInitialLine(line, start, length);
    }
}
