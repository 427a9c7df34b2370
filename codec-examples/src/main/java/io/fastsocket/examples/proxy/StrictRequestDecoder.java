package io.fastsocket.examples.proxy;

import io.fastsocket.examples.http.HeadWatch;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * Netty's decoder without what it forgives in a request line, and without second fields where there may be one: what two
 * servers read differently lets one request hide in another. It stops behind a request for another protocol, and holds
 * what follows as it came until it is told what that is.
 *
 * <p>Netty itself refuses bare LF, blanks before the colon, names that are no token, control characters in values, a
 * length that is no number, both a length and chunks, and chunks in HTTP/1.0.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    /** A chunk of a body is passed on as it was read. */
    static final int CHUNK_BYTES_MAX = 64 << 10;

    private enum Mode {
        DECODING,
        HOLDING,
        DISCARDING
    }

    private final HeldBytes held = new HeldBytes();
    private Mode mode = Mode.DECODING;
    private boolean asksForSwitch;
    private final HeadWatch heads = new HeadWatch();
    private int methodEnd;
    private int targetEnd;

    StrictRequestDecoder(int lineBytesMax, int headerBytesMax) {
        super(config(lineBytesMax, headerBytesMax));
    }

    private static HttpDecoderConfig config(int lineBytesMax, int headerBytesMax) {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(lineBytesMax)
                .setMaxHeaderSize(headerBytesMax)
                .setMaxChunkSize(CHUNK_BYTES_MAX)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(false)
                .setHeadersFactory(SingleFields.FACTORY)
                .setTrailersFactory(DefaultHttpHeadersFactory.trailersFactory());
    }

    /** Whether a request for another protocol has ended, and what follows it is not decoded. */
    boolean isHolding() {
        return mode == Mode.HOLDING;
    }

    /** There is no other protocol: what was held is HTTP. Not to be called while this decodes. */
    void resume(ChannelPipeline pipeline) {
        if (mode != Mode.HOLDING) {
            return;
        }
        mode = Mode.DECODING;
        ByteBuf bytes = held.take();
        ChannelHandlerContext ctx = pipeline.context(this);
        if (bytes == null || ctx == null) {
            ReferenceCountUtil.release(bytes);
            return;
        }
        try {
            channelRead(ctx, bytes);
        } catch (Exception e) {
            ctx.fireExceptionCaught(e);
        }
        ctx.fireChannelReadComplete();
    }

    /** Nothing that comes matters any more. */
    void discard() {
        mode = Mode.DISCARDING;
        held.release();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        switch (mode) {
            case HOLDING -> held.add(ctx.alloc(), in);
            case DISCARDING -> in.skipBytes(in.readableBytes());
            case DECODING -> {
                int before = out.size();
                super.decode(ctx, in, out);
                heads.decoded(ctx, out, before);
                for (int i = before; i < out.size(); i++) {
                    look(out.get(i));
                }
            }
        }
    }

    private void look(Object decoded) {
        if (decoded instanceof HttpRequest head) {
            asksForSwitch = ProtocolSwitch.isAskedBy(head);
        }
        if (asksForSwitch && decoded instanceof LastHttpContent) {
            asksForSwitch = false;
            mode = Mode.HOLDING;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (mode == Mode.HOLDING) {
            // Netty's would read on, because nothing was decoded.
            ctx.fireChannelReadComplete();
        } else {
            super.channelReadComplete(ctx);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        held.release();
        super.channelInactive(ctx);
    }

    /** What is held goes to whoever comes next in the pipeline. */
    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
        super.handlerRemoved0(ctx);
        ByteBuf bytes = held.take();
        if (bytes != null) {
            ctx.fireChannelRead(bytes);
            ctx.fireChannelReadComplete();
        }
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        require(start == 0, "a blank before the method");
        methodEnd = start + length;
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        require(start == methodEnd + 1 && line[methodEnd] == ' ', "more than one space after the method");
        targetEnd = start + length;
        for (int i = start; i < targetEnd; i++) {
            require(line[i] > ' ' && line[i] < 0x7f, "a character in the target that a URI does not have");
        }
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        require(start == targetEnd + 1 && line[targetEnd] == ' ', "more than one space after the target");
        require(line[start] == 'H' && line[start + 1] == 'T', "a version that is not HTTP in upper case");
        return super.splitThirdWordInitialLine(line, start, length);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("request line: " + otherwise);
        }
    }
}
