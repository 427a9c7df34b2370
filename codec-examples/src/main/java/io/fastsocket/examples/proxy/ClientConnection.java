package io.fastsocket.examples.proxy;

import static io.netty.handler.codec.http.HttpHeaderNames.ALLOW;
import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_TYPE;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import io.fastsocket.examples.connections.Deadline;
import io.fastsocket.examples.connections.Reset;
import io.fastsocket.examples.http.HeadWatch;
import io.fastsocket.examples.linger.LingeringClose;
import io.fastsocket.examples.upstream.ProxiedConnection;
import io.fastsocket.examples.upstream.ProxyProtocol;
import io.fastsocket.examples.upstream.Upstream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.AbstractSniHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: one request at a time becomes an {@link Exchange}, the next waits until that is done. Auto-read is
 * off: the client is read when it is its turn, and at most once ahead. Used on one loop.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter {
    private enum State {
        /** Waits for a request. */
        IDLE,
        /** A request is being served. */
        SERVING,
        /** Closes when everything is written, and the client is done with sending. */
        CLOSING
    }

    private final ProxyLoop loop;
    private final SocketChannel channel;
    private final StrictRequestDecoder decoder;
    private final ResponseEncoder encoder;
    private final Deadline deadline;
    private final Queue<Object> waiting = new ArrayDeque<>(4);

    private @Nullable ChannelHandlerContext ctx;
    private @Nullable ProxiedConnection proxied;
    private @Nullable ForwardedFields forwarded;
    private @Nullable Exchange exchange;
    private State state = State.IDLE;
    /** A part of a head is there, maybe behind requests that wait. */
    private boolean withinHead;

    private boolean inputShut;
    private boolean inRead;
    private boolean pumping;
    private boolean resuming;
    private long unsentAtDeadline = -1;

    ClientConnection(ProxyLoop loop, SocketChannel channel, StrictRequestDecoder decoder, ResponseEncoder encoder) {
        this.loop = loop;
        this.channel = channel;
        this.decoder = decoder;
        this.encoder = encoder;
        this.deadline = new Deadline(channel.eventLoop(), this::expired);
    }

    private ChannelHandlerContext context() {
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return ctx;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        loop.add(this);
        channel.closeFuture().addListener(closed -> loop.remove(this));
        deadline.in(loop.idleNanos());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.read();
        context.fireChannelActive();
    }

    // ---- requests

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        inRead = true;
        if (message instanceof HttpRequest) {
            withinHead = false;
        }
        waiting.add(message);
        pump();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        inRead = false;
        pump();
    }

    /** Takes what waits as far as it can be taken now, sends it, and reads on if there is use for more. */
    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            for (Object next = waiting.peek(); next != null && takes(next); next = waiting.peek()) {
                waiting.remove();
                take(next);
            }
        } finally {
            pumping = false;
        }
        if (!inRead) {
            if (exchange != null) {
                exchange.flush();
            }
            closeIfInputEnded();
            readIfOfUse();
        }
    }

    private boolean takes(Object next) {
        if (exchange == null) {
            // A client that asks on and takes no answer would fill the memory with them.
            return !resuming && channel.isWritable();
        }
        return exchange.takesBody() || exchange.takesAsEnd(next);
    }

    private void take(Object message) {
        if (state == State.SERVING && exchange != null && message instanceof HttpContent content) {
            exchange.body(content);
        } else if (state == State.IDLE && message instanceof HttpRequest head) {
            try {
                begin(head);
            } finally {
                ReferenceCountUtil.release(head);
            }
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest head) {
        state = State.SERVING;
        encoder.answersHead(HttpMethod.HEAD.equals(head.method()));
        Refusal refusal = RequestCheck.refusal(head);
        if (refusal != null) {
            loop.logRefusal(this, head, refusal);
            answer(refusal, null, false);
            return;
        }
        if (forwarded == null) {
            forwarded = new ForwardedFields(
                    loop.settings().forwarded(),
                    clientAddress(),
                    channel.pipeline().get(SslHandler.class) != null);
        }
        exchange = new Exchange(this, loop, RequestHead.of(head, forwarded, loop.settings()));
        exchange.begin();
    }

    private void readIfOfUse() {
        if (inputShut || !waiting.isEmpty()) {
            return;
        }
        boolean ofUse = exchange == null ? state != State.CLOSING : exchange.takesBody() || mayReadAhead(exchange);
        if (ofUse) {
            context().read();
        }
    }

    /** One read ahead tells of a client that goes away. What follows a wish to upgrade may be no HTTP, so it waits. */
    private static boolean mayReadAhead(Exchange served) {
        return served.requestComplete() && !served.upgrade();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputShut = true;
            pump();
        } else if (event instanceof ProxiedConnection header) {
            proxied = header;
        } else if (event == HeadWatch.Event.HEAD_BEGUN) {
            withinHead = true;
            if (exchange == null && state == State.IDLE) {
                deadline.in(loop.headerNanos());
            }
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    /** A client that has shut its side gets the answers to what it has sent, as a whole, unless it is taken for gone. */
    private void closeIfInputEnded() {
        if (!inputShut || resuming) {
            return;
        }
        if (exchange == null) {
            if (waiting.isEmpty() && state != State.CLOSING) {
                closeWhenWritten();
            }
        } else if ((waiting.isEmpty() && !exchange.requestComplete())
                || loop.settings().onClientClose() == OnClientClose.ABORT) {
            closeUnanswered(exchange);
        }
    }

    private void closeUnanswered(Exchange served) {
        if (served.answerBegun()) {
            Reset.close(channel);
        } else {
            channel.close();
        }
    }

    // ---- responses

    boolean isWritable() {
        return channel.isWritable();
    }

    /** Whether the connection is to be kept after the response that begins now. */
    boolean mayStay() {
        return !loop.draining() && (!inputShut || !waiting.isEmpty() || decoder.isHolding());
    }

    void write(Object message) {
        ChannelHandlerContext context = context();
        context.write(message, context.voidPromise());
    }

    void flush() {
        context().flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!channel.isWritable()) {
            return;
        }
        if (exchange != null) {
            exchange.clientWritable();
        } else {
            pump();
        }
    }

    /** The response is written as a whole. */
    void exchangeDone(boolean keep, boolean requestComplete) {
        exchange = null;
        unsentAtDeadline = -1;
        boolean last = !keep || loop.draining();
        boolean sendsMore = !requestComplete || !waiting.isEmpty() || decoder.isHolding() || withinHead;
        if (!requestComplete || (last && sendsMore)) {
            linger();
        } else if (last) {
            closeWhenWritten();
        } else {
            state = State.IDLE;
            deadline.in(isReadingHead() ? loop.headerNanos() : loop.idleNanos());
            // Later: the connection that was used is in the pool by then, and the decoder is not within a call.
            resuming = true;
            execute(this::resume);
        }
    }

    private void resume() {
        resuming = false;
        if (waiting.isEmpty() && decoder.isHolding()) {
            // What is held came behind the request that is answered now, by a response and no other protocol.
            decoder.resume(channel.pipeline());
        }
        pump();
        if (loop.draining()) {
            // It began after what was held was taken for a request, of which there may be none.
            closeIfIdle();
        }
    }

    /** Answers in place of an upstream. */
    void answer(Refusal refusal, @Nullable RequestHead request, boolean requestComplete) {
        boolean keep = request != null && requestComplete && request.keepAlive() && mayStay();
        ByteBuf line =
                ByteBufUtil.writeAscii(channel.alloc(), refusal.status().code() + " " + refusal.explanation() + "\n");
        var response = new DefaultFullHttpResponse(HTTP_1_1, refusal.status(), line);
        response.headers().set(CONTENT_TYPE, "text/plain").setInt(CONTENT_LENGTH, line.readableBytes());
        if (refusal.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(ALLOW, RequestCheck.ALLOWED);
        }
        if (keep && request != null) {
            ResponseHead.sayConnection(response.headers(), request, true);
        } else {
            response.headers().set(CONNECTION, HttpHeaderValues.CLOSE);
        }
        write(response);
        flush();
        exchangeDone(keep, requestComplete);
    }

    /** Shuts our side when everything is written, and lets the client finish sending. */
    private void linger() {
        if (inputShut) {
            closeWhenWritten();
        } else {
            state = State.CLOSING;
            decoder.discard();
            deadline.clear();
            LingeringClose.begin(channel, StrictRequestDecoder.class);
        }
        pump();
    }

    private void closeWhenWritten() {
        state = State.CLOSING;
        deadline.in(loop.idleNanos());
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /** Ends a response that cannot be completed so that no client takes it for complete: by a reset. */
    void cut() {
        exchange = null;
        state = State.CLOSING;
        Reset.close(channel);
    }

    // ---- tunnels

    /** Whether nothing has come that was read as HTTP and is none. */
    boolean canTunnel() {
        return waiting.isEmpty();
    }

    /** From here on bytes pass. */
    void becomeTunnel(Channel upstream, Tunnel.Ended ended) {
        exchange = null;
        state = State.CLOSING;
        deadline.cancel();
        Tunnel.join(channel, upstream, loop.tunnelNanos(), loop.idleNanos(), inputShut, ended);
    }

    // ---- time

    void expectProgress(long nanos) {
        unsentAtDeadline = -1;
        deadline.in(nanos);
    }

    private void expired() {
        if (exchange == null) {
            headLateOrIdle();
            return;
        }
        if (channel.isWritable() || !waitsForSlowClient()) {
            exchange.expired();
        }
    }

    /** Gives a client more time that has taken something of the response since the last deadline. */
    private boolean waitsForSlowClient() {
        long unsent = unsentBytes();
        if (unsent == unsentAtDeadline) {
            return false;
        }
        unsentAtDeadline = unsent;
        deadline.in(loop.idleNanos());
        return true;
    }

    private long unsentBytes() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** Not while requests before it wait for the client to take its answers. */
    private boolean isReadingHead() {
        return withinHead && waiting.isEmpty();
    }

    private void headLateOrIdle() {
        if (isReadingHead() && state == State.IDLE) {
            Refusal refusal = new Refusal(HttpResponseStatus.REQUEST_TIMEOUT, "the request did not come in time");
            loop.logRefusal(this, null, refusal);
            encoder.answersHead(false);
            answer(refusal, null, false);
        } else {
            closeUnlessSending();
        }
    }

    /** What is written of the last response may still be on its way, to a client that takes it slowly. */
    private void closeUnlessSending() {
        if (unsentBytes() == 0) {
            channel.close();
        } else if (!waitsForSlowClient()) {
            Reset.close(channel);
        }
    }

    /**
     * For a proxy that stops: closes a connection that has no request, nor a part of one; any other closes after its response. A TLS
     * handshake is the beginning of a request, and has a deadline as well.
     */
    void closeIfIdle() {
        if (exchange == null
                && state == State.IDLE
                && waiting.isEmpty()
                && !resuming
                && !withinHead
                && !inHandshake()) {
            closeWhenWritten();
        }
    }

    private boolean inHandshake() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        return tls == null
                ? channel.pipeline().get(AbstractSniHandler.class) != null
                : !tls.handshakeFuture().isDone();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deadline.cancel();
        state = State.CLOSING;
        Exchange abandoned = exchange;
        exchange = null;
        if (abandoned != null) {
            abandoned.abandon();
        }
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    // ---- who it is

    /** The client's address: of the connection, or as the proxy in front says. */
    @Nullable
    InetSocketAddress clientAddress() {
        return proxied == null || proxied.client() == null ? channel.remoteAddress() : proxied.client();
    }

    /** Tells a new upstream connection who the client is, where that is wanted. */
    void announceTo(Channel upstream) {
        if (loop.settings().proxyProtocolOut()) {
            boolean said = proxied != null && proxied.client() != null;
            ProxyProtocol.writeHeader(
                    upstream,
                    clientAddress(),
                    said && proxied != null ? proxied.destination() : channel.localAddress());
        }
    }

    /** Runs a task on the loop, after what it is doing now. */
    void execute(Runnable task) {
        channel.eventLoop().execute(task);
    }

    void log(
            RequestHead request,
            int status,
            long bytesIn,
            long bytesOut,
            @Nullable Upstream upstream,
            boolean reused,
            long nanos) {
        loop.log(this, request, status, bytesIn, bytesOut, upstream, reused, nanos);
    }

    SocketChannel channel() {
        return channel;
    }
}
