package io.fastsocket.examples.proxy;

import static io.netty.handler.codec.http.HttpResponseStatus.BAD_GATEWAY;
import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpResponseStatus.GATEWAY_TIMEOUT;
import static io.netty.handler.codec.http.HttpResponseStatus.REQUEST_TIMEOUT;
import static io.netty.handler.codec.http.HttpResponseStatus.SERVICE_UNAVAILABLE;
import static io.netty.handler.codec.http.HttpResponseStatus.SWITCHING_PROTOCOLS;

import io.fastsocket.examples.upstream.PooledConnection;
import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.examples.upstream.UpstreamException;
import io.fastsocket.examples.upstream.UpstreamException.Reason;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response: takes a connection to an upstream, sends the request as it comes, gives the response to
 * the client as it comes, and decides what becomes of both connections. Used on one loop.
 */
final class Exchange {
    /** What an access log says of a client that went away; nginx began it. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private final ClientConnection client;
    private final ProxyLoop loop;
    private final RequestHead request;
    private final Attempts attempts;
    private final long beganNanos = System.nanoTime();

    private @Nullable PooledConnection connection;
    private boolean retried;
    private boolean bodySent;
    private boolean requestComplete;
    private boolean unflushed;
    /** A write to the upstream has failed: it gets no more, and what it has sent is still to be read. */
    private boolean unwritable;

    private @Nullable ResponseHead response;
    private boolean interim;
    private boolean switching;
    private boolean responseComplete;
    private boolean keepClient;
    private boolean done;

    private boolean wasReused;
    private int status;
    private long bytesIn;
    private long bytesOut;

    Exchange(ClientConnection client, ProxyLoop loop, RequestHead request) {
        this.client = client;
        this.loop = loop;
        this.request = request;
        this.attempts = new Attempts(loop.balancer());
    }

    // ---- the request

    void begin() {
        progress();
        connect();
    }

    private void connect() {
        if (done) {
            return;
        }
        Upstream chosen = attempts.begin();
        if (chosen == null) {
            fail(attempts.noneLeft());
            return;
        }
        loop.pool().acquire(chosen).addListener((Future<PooledConnection> result) -> acquired(chosen, result));
    }

    private void acquired(Upstream chosen, Future<PooledConnection> result) {
        if (done) {
            if (result.isSuccess()) {
                giveBackUnused(result.getNow());
            }
        } else if (result.isSuccess()) {
            send(chosen, result.getNow());
        } else if (result.cause() instanceof UpstreamException e && e.reason() == Reason.CONNECT_FAILED) {
            attempts.connectFailed(e.getCause());
            attempts.end();
            connect();
        } else {
            fail(SERVICE_UNAVAILABLE, "all connections to the upstream are in use");
        }
    }

    private void giveBackUnused(PooledConnection unused) {
        if (loop.settings().keepsUpstreamConnections()) {
            unused.release();
        } else {
            // No client was announced on it, nor will be: for the pool it has been used.
            unused.discard();
        }
    }

    private void send(Upstream chosen, PooledConnection acquired) {
        connection = acquired;
        Channel channel = acquired.channel();
        UpstreamHandler handler = channel.pipeline().get(UpstreamHandler.class);
        if (handler == null) {
            // A pipeline is emptied when its connection ends, which was between the pool's look at it and now.
            upstreamGone("it closed the connection", false);
            return;
        }
        handler.begin(this, request.isHead());
        if (!acquired.reused()) {
            loop.balancer().connectSucceeded(chosen);
            client.announceTo(channel);
        }
        request.addressTo(chosen, loop.settings().hostHeader());
        channel.write(request.forward(), channel.voidPromise());
        if (requestComplete) {
            // Not the first time: the connection before had ended.
            channel.write(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
        }
        unflushed = true;
        progress();
        client.pump();
    }

    /** Whether {@link #body} may be called now. */
    boolean takesBody() {
        return !done
                && !requestComplete
                && connection != null
                && (unwritable || connection.channel().isWritable());
    }

    /** Whether this is the end of a request without a body, which needs no connection to be known. */
    boolean takesAsEnd(Object next) {
        return !requestComplete && connection == null && next == LastHttpContent.EMPTY_LAST_CONTENT;
    }

    boolean requestComplete() {
        return requestComplete;
    }

    boolean upgrade() {
        return request.upgrade();
    }

    /** The next part of the body, whose reference passes to this. Its last part may come when the body is empty. */
    void body(HttpContent content) {
        PooledConnection sink = connection;
        if (takesAsEnd(content)) {
            requestComplete = true;
            return;
        }
        int bytes = content.content().readableBytes();
        if (sink == null || content.decoderResult().isFailure() || (bytes > 0 && !request.hasBody())) {
            content.release();
            fail(BAD_REQUEST, "the body cannot be read");
            return;
        }
        bytesIn += bytes;
        bodySent |= request.hasBody();
        if (content instanceof LastHttpContent last) {
            requestComplete = true;
            HopByHop.stripTrailers(last.trailingHeaders());
        }
        if (unwritable) {
            content.release();
            return;
        }
        sink.channel().write(content, sink.channel().voidPromise());
        unflushed = true;
        progress();
    }

    /** Sends what was written to the upstream. */
    void flush() {
        if (unflushed && connection != null) {
            unflushed = false;
            connection.channel().flush();
        }
    }

    void upstreamWritabilityChanged() {
        if (!unwritable) {
            progress();
            client.pump();
        }
    }

    /**
     * A write to the upstream failed. It may have answered before it ended the connection, so nothing is decided before
     * that is read; the client goes on sending meanwhile, or it would never read the answer.
     */
    void upstreamUnwritable() {
        if (!unwritable) {
            unwritable = true;
            client.pump();
        }
    }

    // ---- the response

    /** A head or a part of a body, whose reference passes to this. What is beyond the response is not decoded. */
    void received(HttpObject message) {
        progress();
        if (message instanceof HttpResponse head) {
            receivedHead(head);
        } else {
            receivedContent((HttpContent) message);
        }
    }

    private void receivedHead(HttpResponse head) {
        String fault = ResponseHead.fault(head, request);
        if (fault == null && head.status().equals(SWITCHING_PROTOCOLS) && !(requestComplete && client.canTunnel())) {
            fault = "it switches protocols before the request has ended";
        }
        if (fault != null) {
            ReferenceCountUtil.release(head);
            attempts.failed();
            fail(BAD_GATEWAY, fault);
        } else if (ResponseHead.isInterim(head)) {
            interim = true;
            if (!request.http10()) {
                ResponseHead.interim(head);
                client.write(head);
            }
        } else if (head.status().equals(SWITCHING_PROTOCOLS)) {
            switching = true;
            status = head.status().code();
            attempts.answered(status);
            ResponseHead.switching(head);
            client.write(head);
        } else {
            response = ResponseHead.toClient(head, request, loop.settings().via());
            status = head.status().code();
            keepClient = request.keepAlive() && requestComplete && !response.untilClose() && client.mayStay();
            ResponseHead.sayConnection(head.headers(), request, keepClient);
            client.write(head);
        }
    }

    private void receivedContent(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (interim) {
            interim = !last;
            if (request.http10()) {
                content.release();
            } else {
                client.write(content);
            }
            return;
        }
        if (content.decoderResult().isFailure()) {
            content.release();
            attempts.failed();
            fail(BAD_GATEWAY, "its body cannot be read");
            return;
        }
        bytesOut += content.content().readableBytes();
        if (content instanceof LastHttpContent end) {
            responseComplete = true;
            HopByHop.stripTrailers(end.trailingHeaders());
        }
        client.write(content);
        readUpstreamIfTaken();
        if (responseComplete && switching) {
            openTunnel();
        }
    }

    /** One read of the upstream's is over. */
    void receivedAll() {
        client.flush();
        if (responseComplete) {
            // Not before: what else came with the end of the response says whether the connection can be used again.
            finish();
        } else {
            readUpstreamIfTaken();
        }
    }

    /** Whether the client may have a part of the response. */
    boolean answerBegun() {
        return status != 0;
    }

    /** The client takes more of the response. */
    void clientWritable() {
        progress();
        readUpstreamIfTaken();
    }

    /** The upstream is read while the client takes what was read. */
    private void readUpstreamIfTaken() {
        if (connection != null && !done && !responseComplete) {
            boolean taken = client.isWritable();
            if (connection.channel().config().isAutoRead() != taken) {
                connection.channel().config().setAutoRead(taken);
            }
        }
    }

    private void finish() {
        boolean reusable = response != null
                && response.reusable()
                && requestComplete
                && connection != null
                && UpstreamHandler.isClean(connection.channel())
                && loop.settings().keepsUpstreamConnections();
        attempts.answered(status);
        PooledConnection used = end();
        if (used != null && reusable) {
            used.release();
        } else {
            discard(used);
        }
        client.exchangeDone(keepClient, requestComplete);
    }

    private void openTunnel() {
        PooledConnection used = connection;
        if (used == null) {
            throw new IllegalStateException("a response without a connection");
        }
        done = true;
        wasReused = used.reused();
        client.flush();
        client.becomeTunnel(used.channel(), (in, out) -> {
            used.discard();
            bytesIn += in;
            bytesOut += out;
            log();
            attempts.end();
        });
    }

    // ---- what goes wrong

    /**
     * Whether a reset by the upstream is the end of its answer. A server that closes with something unread resets: where the
     * answer has no other end, and there is a body that was not read, that is what a reset says.
     */
    boolean endsWithReset() {
        return response != null && response.endsWithConnection() && request.hasBody();
    }

    /**
     * The connection to the upstream has ended.
     *
     * @param answerBegun a part of an answer came on it
     */
    void upstreamGone(String why, boolean answerBegun) {
        if (done) {
            return;
        }
        if (responseComplete) {
            finish();
            return;
        }
        // A kept connection may have ended just when the request was sent, which then nobody has seen.
        boolean hadEnded = connection != null && connection.reused() && !answerBegun;
        if (!hadEnded) {
            attempts.failed();
        }
        boolean mayRepeat = !answerBegun && mayRepeat();
        if (hadEnded && !retried && mayRepeat) {
            retried = true;
            connectAgain();
        } else if (mayRepeat && attempts.mayFailOver()) {
            attempts.failOver(why);
            connectAgain();
        } else {
            fail(BAD_GATEWAY, why);
        }
    }

    /** RFC 9110, 9.2.2: what is idempotent may be sent again; what a body had, only the client knows. */
    private boolean mayRepeat() {
        return !bodySent && request.idempotent();
    }

    private void connectAgain() {
        discard(detach());
        attempts.end();
        unwritable = false;
        // Later: the others that ended at the same moment are to be out of the pool by then.
        client.execute(this::connect);
    }

    /** The client has gone, or is of no more use. */
    void abandon() {
        if (!done) {
            status = status == 0 ? CLIENT_CLOSED_REQUEST : status;
            discard(end());
        }
    }

    /** Nothing has moved for too long. */
    void expired() {
        if (clientsTurn()) {
            fail(REQUEST_TIMEOUT, "the request does not come to its end");
        } else {
            if (connection != null) {
                attempts.failed();
            }
            fail(GATEWAY_TIMEOUT, "the upstream does not answer");
        }
    }

    private void progress() {
        client.expectProgress(clientsTurn() ? loop.idleNanos() : loop.responseNanos());
    }

    /** Whether the client is the one to do something. */
    private boolean clientsTurn() {
        return takesBody() || (status != 0 && !client.isWritable());
    }

    private void fail(HttpResponseStatus failure, String explanation) {
        fail(new Refusal(failure, explanation));
    }

    private void fail(Refusal refusal) {
        if (done) {
            return;
        }
        boolean started = answerBegun();
        status = started ? status : refusal.status().code();
        discard(end());
        if (started) {
            client.cut();
        } else {
            client.answer(refusal, request, requestComplete);
        }
    }

    /** Ends it, once; answers the connection that is left. */
    private @Nullable PooledConnection end() {
        done = true;
        PooledConnection used = detach();
        log();
        attempts.end();
        return used;
    }

    private @Nullable PooledConnection detach() {
        PooledConnection used = connection;
        connection = null;
        if (used != null) {
            UpstreamHandler handler = used.channel().pipeline().get(UpstreamHandler.class);
            if (handler != null) {
                handler.end();
            }
            wasReused = used.reused();
        }
        return used;
    }

    private static void discard(@Nullable PooledConnection used) {
        if (used != null) {
            used.discard();
        }
    }

    private void log() {
        client.log(request, status, bytesIn, bytesOut, attempts.current(), wasReused, System.nanoTime() - beganNanos);
    }
}
