package io.fastsocket.perf.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.net.ProtocolException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One of a loop's connections: opens its channel when a request begins, and a new one after the last is closed. At most one channel
 * at a time. Used by its loop alone.
 */
@Sharable // Its channels come one after the other.
final class ClientConnection extends ChannelInboundHandlerAdapter {
    /** How long a server may take to close a connection after it has said so. */
    private static final long CLOSE_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private static final int STATUS_OK_MIN = 200;
    private static final int STATUS_ERROR_MIN = 400;

    private enum State {
        CLOSED,
        CONNECTING,
        OPEN,
        /** The channel is not yet off its loop. A new one before that could be mistaken for it, by its file descriptor. */
        CLOSING
    }

    private final LoopLoad load;
    private final boolean serverCloses;
    private final ByteBuf request;
    private final ResponseParser parser = new ResponseParser();
    private Supplier<ChannelFuture> connector = () -> {
        throw new IllegalStateException("connection without a connector");
    };

    private State state = State.CLOSED;
    private @Nullable Channel channel;
    private @Nullable ChannelHandlerContext context;
    private long connectNanos;
    private long closingNanos;

    /** Requests under way, oldest first, in rings. */
    private final long[] dueNanos;

    private final long[] beginNanos;
    private int oldest;
    private int underWay;
    /** The youngest of them, which wait for the connection. */
    private int unwritten;

    /** Places of requests that have ended with the connection: free once the channel is gone. */
    private int held;

    private boolean failed;

    /**
     * @param request the bytes of the request; stays with the caller
     * @param serverCloses whether each connection carries one request
     */
    ClientConnection(LoopLoad load, ByteBuf request, int pipelineDepth, boolean serverCloses) {
        this.load = load;
        this.request = request;
        this.serverCloses = serverCloses;
        this.dueNanos = new long[pipelineDepth];
        this.beginNanos = new long[pipelineDepth];
    }

    /**
     * Before the first request.
     *
     * @param newConnector opens a channel with this as its handler
     */
    void connectBy(Supplier<ChannelFuture> newConnector) {
        connector = newConnector;
    }

    // ---- begin

    /** Begins a request. {@link #flush} sends it. */
    void begin(long due, long now) {
        int place = (oldest + underWay) % dueNanos.length;
        dueNanos[place] = due;
        beginNanos[place] = now;
        underWay++;
        unwritten++;
        if (state == State.CLOSED) {
            connect(now);
        }
    }

    private void connect(long now) {
        state = State.CONNECTING;
        connectNanos = now;
        parser.reset();
        ChannelFuture future = connector.get();
        channel = future.channel();
        future.addListener(done -> load.onLoop(() -> connected(future)));
    }

    private void connected(ChannelFuture future) {
        if (future.channel() != channel) {
            return;
        }
        if (state != State.CONNECTING) {
            // It took too long.
            closeChannel();
            return;
        }
        if (future.isSuccess()) {
            long now = load.nanos();
            load.tallyAt(now).connected(now - connectNanos);
            state = State.OPEN;
            flush();
            return;
        }
        fail(future.cause());
        if (!future.channel().isRegistered()) {
            // It never was, so that nothing else will tell.
            closed();
        }
    }

    /** Sends what has begun, if it can be sent by now. */
    void flush() {
        ChannelHandlerContext ctx = context;
        if (state != State.OPEN || unwritten == 0 || ctx == null) {
            return;
        }
        while (unwritten > 0) {
            load.tallyAt(dueNanos[(oldest + underWay - unwritten) % dueNanos.length]).written++;
            unwritten--;
            ctx.write(request.duplicate(), ctx.voidPromise());
        }
        ctx.flush();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    // ---- answer

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            long now = load.nanos();
            while (state == State.OPEN && parser.next((ByteBuf) message)) {
                answered(now);
            }
        } catch (ProtocolException e) {
            fail(e);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        load.pump();
    }

    private void answered(long now) throws ProtocolException {
        if (underWay == unwritten) {
            throw new ProtocolException("response: status=" + parser.status() + " (expected none: no request)");
        }
        long due = dueNanos[oldest];
        long began = beginNanos[oldest];
        oldest = (oldest + 1) % dueNanos.length;
        underWay--;
        int status = parser.status();
        if (status >= STATUS_OK_MIN && status < STATUS_ERROR_MIN) {
            load.answered(due, began, now, parser.bytes());
        } else {
            load.failed(due, LoadError.STATUS, Integer.toString(status));
        }
        if (!serverCloses && !parser.closes()) {
            load.release(this, 1);
            return;
        }
        held++;
        closing(now);
        if (underWay > 0) {
            failAll(LoadError.CLOSED, "the server closes before it has answered all requests on the connection");
        }
        if (!serverCloses) {
            // Else the server closes first, so that TIME_WAIT, and the port with it, stays on its side.
            closeChannel();
        }
    }

    // ---- fail

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (ctx.channel() != channel || state != State.OPEN) {
            return;
        }
        long now = load.nanos();
        try {
            if (parser.endOfInput()) {
                answered(now);
            }
        } catch (ProtocolException e) {
            fail(e);
        }
        if (underWay > 0) {
            fail(new EOFException("the server closed the connection before the response was whole"));
        }
        closing(now);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (ctx.channel() == channel && state == State.OPEN) {
            fail(cause);
        } else {
            ctx.close();
        }
    }

    /** Ends a connection that takes too long. Called again and again. */
    void check(long now, long timeoutNanos) {
        if (underWay > 0 && now - beginNanos[oldest] > timeoutNanos) {
            String step = state == State.OPEN ? "no whole response" : "no connection";
            fail(LoadError.TIMEOUT, step + " within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms");
        } else if (state == State.CLOSING && now - closingNanos > CLOSE_NANOS_MAX) {
            closeChannel();
        }
    }

    private void fail(Throwable cause) {
        fail(LoadError.of(cause), String.valueOf(cause.getMessage()));
    }

    private void fail(LoadError error, String text) {
        failAll(error, text);
        failed = true;
        closing(load.nanos());
        closeChannel();
    }

    private void failAll(LoadError error, String text) {
        held += underWay;
        for (; underWay > 0; underWay--) {
            load.failed(dueNanos[oldest], error, text);
            oldest = (oldest + 1) % dueNanos.length;
        }
        unwritten = 0;
    }

    // ---- close

    private void closing(long now) {
        if (state != State.CLOSED) {
            state = State.CLOSING;
            closingNanos = now;
        }
    }

    private void closeChannel() {
        // One that could not be registered is closed already.
        if (channel != null && channel.isRegistered()) {
            channel.close();
        }
    }

    /** Closes it for good. */
    void close() {
        closing(load.nanos());
        closeChannel();
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        if (ctx.channel() == channel) {
            if (underWay > unwritten) {
                fail(new EOFException("the connection ended before the response was whole"));
            }
            closed();
        }
    }

    private void closed() {
        state = State.CLOSED;
        channel = null;
        context = null;
        int free = held;
        boolean afterFailure = failed;
        held = 0;
        failed = false;
        if (underWay > 0) {
            // Begun while it was closing.
            connect(load.nanos());
        }
        if (afterFailure) {
            load.releaseAfterFailure(this, free);
        } else {
            load.release(this, free);
        }
        load.pump();
    }
}
