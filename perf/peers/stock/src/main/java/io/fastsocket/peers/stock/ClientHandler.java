package io.fastsocket.peers.stock;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.EXPECT;
import static io.netty.handler.codec.http.HttpHeaderNames.HOST;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;
import static io.netty.handler.codec.http.HttpResponseStatus.BAD_GATEWAY;
import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.CONTINUE;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_0;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.pool.ChannelPool;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: one request after the other, each sent to the origin as it comes and answered as the answer comes;
 * requests sent ahead wait. Each side is read while the other takes what was read.
 */
final class ClientHandler extends ChannelInboundHandlerAdapter {
    /** Messages that wait before the client is read no further. */
    private static final int WAITING_MAX = 16;

    private final SocketChannel client;
    private final ChannelPool pool;
    private final String originName;
    private final boolean keep;
    private final Queue<HttpObject> waiting = new ArrayDeque<>();

    private boolean serving;
    private boolean reading;
    private @Nullable Channel origin;
    private HttpVersion version = HTTP_1_1;
    private boolean requestSent;
    private boolean answered;
    private boolean interim;
    private boolean keepClient;
    private boolean keepOrigin;

    ClientHandler(SocketChannel client, ChannelPool pool, String originName, boolean keep) {
        this.client = client;
        this.pool = pool;
        this.originName = originName;
        this.keep = keep;
    }

    // ---- the request

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        reading = true;
        waiting.add((HttpObject) message);
        pump();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        flushOrigin();
    }

    /** Sends on what may be sent. */
    private void pump() {
        while (!waiting.isEmpty() && takes(waiting.element())) {
            HttpObject next = waiting.remove();
            if (next instanceof HttpRequest head) {
                begin(head);
            } else if (next.decoderResult().isFailure()) {
                ReferenceCountUtil.release(next);
                client.close();
            } else if (origin != null) {
                requestSent = next instanceof LastHttpContent;
                origin.write(next, origin.voidPromise());
            }
        }
        boolean wanted = waiting.size() < WAITING_MAX;
        if (client.config().isAutoRead() != wanted) {
            client.config().setAutoRead(wanted);
        }
    }

    private boolean takes(HttpObject next) {
        return next instanceof HttpRequest ? !serving : origin != null && origin.isWritable();
    }

    /** Once for a read of the client's, whatever became of it. */
    private void flushOrigin() {
        if (origin != null && !reading) {
            origin.flush();
        }
    }

    private void begin(HttpRequest head) {
        serving = true;
        requestSent = false;
        answered = false;
        version = head.protocolVersion();
        keepClient = HttpUtil.isKeepAlive(head);
        if (head.decoderResult().isFailure()) {
            ReferenceCountUtil.release(head);
            answer(BAD_REQUEST);
            return;
        }
        HttpHeaders fields = head.headers();
        if (HttpUtil.is100ContinueExpected(head)) {
            client.writeAndFlush(new DefaultFullHttpResponse(HTTP_1_1, CONTINUE, Unpooled.EMPTY_BUFFER));
            fields.remove(EXPECT);
        }
        HopByHop.strip(fields);
        if (!keep) {
            fields.set(CONNECTION, HttpHeaderValues.CLOSE);
        }
        if (!fields.contains(HOST)) {
            fields.set(HOST, originName);
        }
        fields.add("x-forwarded-for", client.remoteAddress().getAddress().getHostAddress());
        head.setProtocolVersion(HTTP_1_1);
        pool.acquire().addListener((Future<Channel> acquired) -> send(head, acquired));
    }

    private void send(HttpRequest head, Future<Channel> acquired) {
        if (!acquired.isSuccess()) {
            answer(BAD_GATEWAY);
            return;
        }
        Channel channel = acquired.getNow();
        OriginHandler handler = channel.pipeline().get(OriginHandler.class);
        if (!client.isActive()) {
            channel.close();
        } else if (handler == null) {
            // It ended between the pool's look at it and now.
            answer(BAD_GATEWAY);
        } else {
            origin = channel;
            handler.serve(this);
            channel.write(head, channel.voidPromise());
            pump();
            flushOrigin();
        }
    }

    void originWritable() {
        pump();
        flushOrigin();
    }

    // ---- the response

    /** A part of the response, whose reference passes to this. */
    void received(Object message) {
        if (message instanceof HttpResponse head) {
            interim = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            if (!interim) {
                toClient(head);
            }
        }
        boolean last = message instanceof LastHttpContent;
        if (interim) {
            ReferenceCountUtil.release(message);
        } else if (last) {
            finish(message);
        } else {
            client.write(message, client.voidPromise());
            readOriginIfTaken();
        }
    }

    private void toClient(HttpResponse head) {
        answered = true;
        keepOrigin = keep && HttpUtil.isKeepAlive(head);
        boolean chunked = HttpUtil.isTransferEncodingChunked(head);
        boolean http10 = version.equals(HTTP_1_0);
        boolean hasEnd = chunked ? !http10 : head.headers().contains(CONTENT_LENGTH) || hasNoBody(head.status());
        keepClient &= hasEnd && requestSent;
        HopByHop.strip(head.headers());
        if (http10) {
            head.headers().remove(TRANSFER_ENCODING);
        }
        head.setProtocolVersion(HTTP_1_1);
        HttpUtil.setKeepAlive(head.headers(), version, keepClient);
    }

    private static boolean hasNoBody(HttpResponseStatus status) {
        return status.equals(HttpResponseStatus.NO_CONTENT) || status.equals(HttpResponseStatus.NOT_MODIFIED);
    }

    /** The end of the response: both connections are kept or closed, and the next request is served. */
    private void finish(Object last) {
        Channel used = leaveOrigin();
        if (used != null && keepOrigin && requestSent) {
            used.config().setAutoRead(true);
            pool.release(used);
        } else if (used != null) {
            used.close();
        }
        if (keepClient) {
            client.writeAndFlush(last, client.voidPromise());
            serving = false;
            pump();
            flushOrigin();
        } else {
            client.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** One read of the origin's is over. */
    void receivedAll() {
        client.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        readOriginIfTaken();
    }

    private void readOriginIfTaken() {
        if (origin != null && origin.config().isAutoRead() != client.isWritable()) {
            origin.config().setAutoRead(client.isWritable());
        }
    }

    // ---- what goes wrong

    void originGone() {
        origin = null;
        if (answered) {
            client.close();
        } else {
            answer(BAD_GATEWAY);
        }
    }

    private void answer(HttpResponseStatus status) {
        FullHttpResponse response = new DefaultFullHttpResponse(HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        response.headers().set(CONTENT_LENGTH, 0).set(CONNECTION, HttpHeaderValues.CLOSE);
        client.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private @Nullable Channel leaveOrigin() {
        Channel used = origin;
        origin = null;
        if (used != null) {
            OriginHandler handler = used.pipeline().get(OriginHandler.class);
            if (handler != null) {
                handler.serve(null);
            }
        }
        return used;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Channel used = leaveOrigin();
        if (used != null) {
            used.close();
        }
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
