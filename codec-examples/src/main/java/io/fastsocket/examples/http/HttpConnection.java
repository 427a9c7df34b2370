package io.fastsocket.examples.http;

import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fastsocket.examples.connections.Reset;
import io.fastsocket.examples.http.ReadyResponses.Next;
import io.fastsocket.examples.linger.LingeringClose;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One connection: requests in, responses out in the same order, one flush per read batch.
 *
 * <p>A response that takes several flushes ({@code /bytes/N}, {@code /files/NAME}) holds back the requests behind it. While
 * it runs, and while the client does not take what was written, nothing is read. Used on the connection's event loop alone.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(HttpConnection.class);

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);

    private enum State {
        /** Between two requests, or within one. */
        READING,
        /** A response takes several flushes; requests behind it wait. */
        STREAMING,
        /** The last response is written; nothing is read until it is flushed. */
        CLOSING,
        /** Reading and the end are with {@link LingeringClose}. */
        LINGERING
    }

    private final HttpLoop loop;
    private final HttpServerSettings settings;
    private final SocketChannel channel;
    private final RequestDeadline deadline;
    /** What the decoder gave while a stream was running, in order. */
    private final Queue<Object> waiting = new ArrayDeque<>(1);

    private State state = State.READING;
    private @Nullable HttpRequest request;
    private Route route = Route.Fixed.TEXT;
    private int bodyBytes;
    private ByteBuf body = Unpooled.EMPTY_BUFFER;
    private BodyStream stream = ByteStream.EMPTY;
    /** A region is written and not yet sent. It does not count for writability: nothing more is written meanwhile. */
    private boolean regionUnderWay;

    private Next afterStream = Next.KEEP;
    private boolean inputShut;
    /** Something came behind the request that is answered, or nothing was read for a while: there may be more. */
    private boolean moreMayHaveCome;

    private boolean unflushed;
    private long unsentAtIdleEvent;

    HttpConnection(HttpLoop loop, HttpServerSettings settings, SocketChannel channel) {
        this.loop = loop;
        this.settings = settings;
        this.channel = channel;
        this.deadline = new RequestDeadline(
                channel.eventLoop(), settings.headerTimeout(), settings.idleTimeout(), this::requestLate);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.add(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpRequest) {
            // Not when it is taken: by then a later head may have begun.
            deadline.headComplete();
        }
        if (state == State.STREAMING) {
            waiting.add(message);
        } else {
            take(ctx, message);
            if (state == State.STREAMING) {
                pump(ctx);
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (request != null) {
            deadline.bodyOutstanding();
        }
        flush(ctx);
    }

    private void take(ChannelHandlerContext ctx, Object message) {
        try {
            moreMayHaveCome |= state == State.CLOSING;
            if (state == State.READING && message instanceof HttpRequest head) {
                start(ctx, head);
            }
            if (state == State.READING && message instanceof HttpContent content) {
                addBody(ctx, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void start(ChannelHandlerContext ctx, HttpRequest head) {
        if (head.decoderResult().isFailure()) {
            refuse(ctx, UnreadableRequest.statusOf(head.decoderResult().cause()), "the request cannot be read");
        } else if (head.protocolVersion().majorVersion() != 1) {
            refuse(ctx, HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "this server speaks HTTP/1.1");
        } else if (!hasHost(head)) {
            refuse(
                    ctx,
                    HttpResponseStatus.BAD_REQUEST,
                    "a request of HTTP/1.1 needs a host field, and none may have two");
        } else {
            request = head;
            route = Route.of(head.uri());
            bodyBytes = 0;
            if (!HttpMethod.GET.equals(head.method()) || head.headers().contains(HttpHeaderNames.EXPECT)) {
                announceBody(ctx, head);
            }
        }
    }

    /** RFC 9112, section 3.2. */
    private static boolean hasHost(HttpRequest head) {
        Iterator<? extends CharSequence> fields = head.headers().valueCharSequenceIterator(HttpHeaderNames.HOST);
        if (!fields.hasNext()) {
            return !head.protocolVersion().equals(HTTP_1_1);
        }
        fields.next();
        return !fields.hasNext();
    }

    /** Answers before the body is sent, if the body is going to be refused or the client waits for a word. */
    private void announceBody(ChannelHandlerContext ctx, HttpRequest head) {
        if (HttpUtil.getContentLength(head, 0L) > settings.bodyBytesMax()) {
            refuseBody(ctx);
            return;
        }
        String expected = head.headers().get(HttpHeaderNames.EXPECT);
        if (expected == null || !head.protocolVersion().equals(HTTP_1_1)) {
            return;
        }
        if (HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expected)) {
            ctx.write(Unpooled.wrappedBuffer(CONTINUE), ctx.voidPromise());
            unflushed = true;
        } else {
            refuse(ctx, HttpResponseStatus.EXPECTATION_FAILED, "100-continue is the only expectation met here");
        }
    }

    private void addBody(ChannelHandlerContext ctx, HttpContent content) {
        HttpRequest head = request;
        int bytes = content.content().readableBytes();
        if (content.decoderResult().isFailure()) {
            refuse(ctx, UnreadableRequest.statusOf(content.decoderResult().cause()), "the body cannot be read");
        } else if (bytes > settings.bodyBytesMax() - bodyBytes) {
            refuseBody(ctx);
        } else {
            bodyBytes += bytes;
            deadline.bodyMoved(bytes);
            if (bytes > 0 && route == Route.Fixed.ECHO) {
                keepBody(ctx, content.content());
            }
            if (head != null && content instanceof LastHttpContent) {
                request = null;
                deadline.requestOver();
                respond(ctx, head);
            }
        }
    }

    private void keepBody(ChannelHandlerContext ctx, ByteBuf part) {
        if (body.maxCapacity() == 0) {
            body = ctx.alloc().buffer(part.readableBytes(), settings.bodyBytesMax());
        }
        body.writeBytes(part);
    }

    private ByteBuf takeBody() {
        ByteBuf taken = body;
        body = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    private void respond(ChannelHandlerContext ctx, HttpRequest head) {
        boolean noBody = HttpMethod.HEAD.equals(head.method());
        Next next = next(head);
        if (!route.takes(head.method())) {
            takeBody().release();
            loop.writer().notAllowed(ctx, route.allow(), noBody, next, written(ctx, next));
        } else if (route == Route.Fixed.TEXT) {
            loop.writer().text(ctx, noBody, next, written(ctx, next));
        } else if (route instanceof Route.Bytes bytes) {
            stream(ctx, new ByteStream(bytes.count()), noBody, next);
        } else if (route instanceof Route.File file) {
            respondWithFile(ctx, file.name(), noBody, next);
        } else if (route == Route.Fixed.ECHO) {
            String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream");
            loop.writer().echo(ctx, type, takeBody(), next, written(ctx, next));
        } else {
            HttpResponseStatus status =
                    route == Route.Fixed.BAD_COUNT ? HttpResponseStatus.BAD_REQUEST : HttpResponseStatus.NOT_FOUND;
            String explanation = route == Route.Fixed.BAD_NAME ? Route.NAMES : Route.ALL;
            loop.writer().status(ctx, status, explanation, noBody, next, written(ctx, next));
        }
    }

    private void respondWithFile(ChannelHandlerContext ctx, String name, boolean noBody, Next next) {
        HttpResponseStatus status = HttpResponseStatus.NOT_FOUND;
        String explanation = "no files are served; start the server with --files DIR";
        if (settings.files() != null) {
            explanation = "there is no regular file of this name that can be read";
            try {
                FileStream file = settings.files().open(name, settings.tls() != null);
                if (file != null) {
                    stream(ctx, file, noBody, next);
                    return;
                }
            } catch (IOException e) {
                // As many as there are requests, when file descriptors have run out.
                logger.debug("{}: answered 503", channel, e);
                status = HttpResponseStatus.SERVICE_UNAVAILABLE;
                explanation = "the file cannot be opened now";
            }
        }
        loop.writer().status(ctx, status, explanation, noBody, next, written(ctx, next));
    }

    private void stream(ChannelHandlerContext ctx, BodyStream whole, boolean noBody, Next next) {
        state = State.STREAMING;
        moreMayHaveCome = true;
        stream = whole;
        afterStream = next;
        unflushed = true;
        loop.writer().begin(ctx, whole.unsent(), next);
        if (noBody) {
            closeStream();
        }
    }

    private void closeStream() {
        stream.close();
        stream = ByteStream.EMPTY;
    }

    private Next next(HttpRequest head) {
        if (loop.draining() || !HttpUtil.isKeepAlive(head)) {
            return Next.CLOSE;
        }
        return head.protocolVersion().isKeepAliveDefault() ? Next.KEEP : Next.KEEP_SAID;
    }

    /** The promise of the last write of a response. Closes the connection where the response is the last one. */
    private ChannelPromise written(ChannelHandlerContext ctx, Next next) {
        unflushed = true;
        if (next != Next.CLOSE) {
            return ctx.voidPromise();
        }
        state = State.CLOSING;
        return ctx.newPromise().addListener(written -> {
            if (moreMayHaveCome) {
                linger();
            } else {
                channel.close();
            }
        });
    }

    /** Whatever is unread at a close, be it one byte in the kernel, would reset the client and take the response away. */
    private void linger() {
        state = State.LINGERING;
        LingeringClose.begin(channel, HttpRequestDecoder.class);
    }

    /** Writes as much of the stream as the client takes; at its end, goes on with what waited behind it. */
    private void pump(ChannelHandlerContext ctx) {
        while (state == State.STREAMING ? channel.isWritable() && !regionUnderWay : !waiting.isEmpty()) {
            if (state != State.STREAMING) {
                take(ctx, waiting.remove());
            } else if (stream.hasNext()) {
                writePiece(ctx);
            } else {
                closeStream();
                state = State.READING;
                loop.writer().end(ctx, written(ctx, loop.draining() ? Next.CLOSE : afterStream));
            }
        }
        unflushed = true;
        if (state == State.READING && inputShut) {
            closeWhenWritten(ctx);
        } else if (state == State.READING) {
            deadline.again();
        }
        updateAutoRead();
    }

    private void writePiece(ChannelHandlerContext ctx) {
        Object piece;
        try {
            piece = stream.next(ctx.alloc());
        } catch (IOException e) {
            closeWithinBody(e);
            return;
        }
        if (piece instanceof FileRegion) {
            regionUnderWay = true;
            resetOnClose(true);
            ctx.write(piece, ctx.newPromise().addListener(sent -> regionEnded(ctx, sent.cause())));
        } else {
            ctx.write(piece, ctx.voidPromise());
        }
    }

    private void regionEnded(ChannelHandlerContext ctx, @Nullable Throwable failure) {
        regionUnderWay = false;
        if (failure != null) {
            closeWithinBody(failure);
            return;
        }
        resetOnClose(false);
        try {
            pump(ctx);
            flush(ctx);
        } catch (RuntimeException | Error e) {
            ctx.fireExceptionCaught(e);
        }
    }

    /** A region that cannot be sent closes the connection before we hear of it, and its client is not to see an end. */
    private void resetOnClose(boolean reset) {
        try {
            channel.config().setSoLinger(reset ? 0 : -1);
        } catch (ChannelException gone) {
            logger.debug("{}: setsockopt(SO_LINGER) failed", channel, gone);
        }
    }

    /** There is less than the head of the response has said: only the end of the connection tells the client so. */
    private void closeWithinBody(Throwable cause) {
        logger.debug("{}: closed within a body", channel, cause);
        state = State.CLOSING;
        Reset.close(channel);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        moreMayHaveCome |= !channel.isWritable();
        if (channel.isWritable() && state == State.STREAMING) {
            pump(ctx);
            flush(ctx);
        } else {
            updateAutoRead();
        }
    }

    private void flush(ChannelHandlerContext ctx) {
        if (unflushed) {
            unflushed = false;
            ctx.flush();
        }
    }

    private void updateAutoRead() {
        if (state == State.LINGERING) {
            return;
        }
        boolean wanted = state == State.READING && channel.isWritable();
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    private void refuseBody(ChannelHandlerContext ctx) {
        String limit = "a body may have " + settings.bodyBytesMax() + " bytes";
        refuse(ctx, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, limit);
    }

    /** Answers a request that is not there as a whole, and lets the client finish sending before the close. */
    private void refuse(ChannelHandlerContext ctx, HttpResponseStatus status, String explanation) {
        boolean noBody = request != null && HttpMethod.HEAD.equals(request.method());
        request = null;
        deadline.cancel();
        takeBody().release();
        state = State.CLOSING;
        loop.writer().status(ctx, status, explanation, noBody, Next.CLOSE, ctx.newPromise());
        ctx.flush();
        linger();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof IdleStateEvent) {
            closeUnlessSending(ctx);
        } else if (event instanceof ChannelInputShutdownEvent) {
            inputShut = true;
            if (state == State.READING) {
                closeWhenWritten(ctx);
            }
        } else if (event == HeadWatch.Event.HEAD_BEGUN) {
            deadline.headBegun(state == State.READING);
        }
    }

    private void requestLate() {
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        if (ctx == null || state != State.READING) {
            return;
        }
        if (channel.config().isAutoRead()) {
            refuse(ctx, HttpResponseStatus.REQUEST_TIMEOUT, "the request did not come in time");
        } else {
            deadline.again();
        }
    }

    /** Nothing came in for the idle timeout. That is no fault of a client that is taking a long response meanwhile. */
    private void closeUnlessSending(ChannelHandlerContext ctx) {
        long unsent = stream.unsent() + unsentBytes();
        if (unsent == 0 || unsent == unsentAtIdleEvent) {
            ctx.close();
        }
        unsentAtIdleEvent = unsent;
    }

    private long unsentBytes() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /**
     * For a server that stops: closes a connection that has no request, nor a part of one; any other closes after its response. A TLS
     * handshake is the beginning of a request, and has a deadline as well.
     */
    void closeIfIdle() {
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        if (ctx != null && state == State.READING && request == null && !deadline.withinHead() && !inHandshake()) {
            if (unsentBytes() > 0) {
                // Nothing is read while the client does not take its answers, so there may be something unread.
                linger();
            } else {
                closeWhenWritten(ctx);
            }
        }
    }

    private boolean inHandshake() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        return tls == null
                ? channel.pipeline().get(AbstractSniHandler.class) != null
                : !tls.handshakeFuture().isDone();
    }

    SocketChannel channel() {
        return channel;
    }

    private void closeWhenWritten(ChannelHandlerContext ctx) {
        state = State.CLOSING;
        unflushed = false;
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        state = State.CLOSING;
        deadline.cancel();
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
        takeBody().release();
        closeStream();
        loop.remove(this);
    }
}
