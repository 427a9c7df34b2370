package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.EventCounters;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Takes the connections of one listener, on its loop, and decides what to do when accept fails. */
final class ListenerHandler extends ChannelInboundHandlerAdapter {
    /** Connections taken in one turn, so that a flood does not keep the loop from those it has. */
    private static final int ACCEPTS_PER_TURN_MAX = 64;
    /** How long a listener rests when a limit is reached, in milliseconds; it goes on at most this long after there is room. */
    private static final int PAUSE_MILLIS = 250;
    /** Failures in a row that are retried at once; after them an error that will not end is taken for a limit. */
    private static final int RETRIES_MAX = 64;

    private final FastSocketServerSocketChannel server;
    private final ChannelConfig serverConfig;
    private final AcceptingLoops accepting;
    private final PinnedLoop loop;
    private final LoopEngine engine;
    private final EventCounters<AcceptEvent> counters;
    private final ChildRoute route;
    private final AcceptErrorReport errors;
    private int failuresInARow;
    private boolean paused;

    ListenerHandler(
            FastSocketServerSocketChannel server,
            ChannelConfig serverConfig,
            AcceptingLoops accepting,
            PinnedLoop loop,
            ChildRoute route,
            AcceptErrorReport errors) {
        this.server = server;
        this.serverConfig = serverConfig;
        this.accepting = accepting;
        this.loop = loop;
        this.engine = accepting.engine();
        this.counters = accepting.counters(loop);
        this.route = route;
        this.errors = errors;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        Channel child = (Channel) msg;
        ChildParent.set(child, server);
        accepted(child);
        try {
            engine.drainAcceptQueue(
                    (ServerSocketChannel) ctx.channel(), server, ACCEPTS_PER_TURN_MAX - 1, this::accepted);
        } catch (IOException failed) {
            acceptFailed(ctx.channel(), failed);
        }
    }

    private void accepted(Channel child) {
        failuresInARow = 0;
        engine.guard(child);
        route.deliver(child, loop.eventLoop(), accepting.assignOwner(loop, child));
    }

    // ---- when accept fails

    @Override
    @SuppressWarnings("deprecation")
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        acceptFailed(ctx.channel(), cause);
    }

    private void acceptFailed(Channel listener, Throwable cause) {
        if (!listener.isOpen() || !server.isOpen()) {
            // The shutdown that ends an outstanding accept makes it fail.
            return;
        }
        counters.increment(AcceptEvent.ACCEPT_ERRORS);
        failuresInARow++;
        if (AcceptFailure.of(cause) == AcceptFailure.RETRY && failuresInARow <= RETRIES_MAX) {
            errors.tellHandlers(cause);
            // Off and on makes every engine look at the queue again, an edge-triggered one too.
            listener.config().setAutoRead(false);
            resume(listener);
        } else if (!paused) {
            // A read that was armed before the failure may still fail once more.
            paused = true;
            counters.increment(AcceptEvent.ACCEPT_PAUSES);
            errors.paused(listener, cause);
            listener.config().setAutoRead(false);
            listener.eventLoop().schedule(() -> resume(listener), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void resume(Channel listener) {
        paused = false;
        if (listener.isOpen() && serverConfig.isAutoRead()) {
            listener.config().setAutoRead(true);
        }
    }
}
