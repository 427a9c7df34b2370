package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.EventCounters;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.TimeUnit;

/** Takes the connections of one listener, on its loop, and decides what to do when accept fails. */
final class ListenerHandler extends ChannelDuplexHandler {
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
    private final ChildGroup childGroup;
    private final AcceptErrorReport errors;
    /** Whether a connection must not be registered in the call that delivers it. */
    private final boolean fromTask;

    private int failuresInARow;
    private boolean paused;
    /** The user, without auto-read, asked for a connection and none was taken yet. */
    private boolean readOwed;

    ListenerHandler(
            FastSocketServerSocketChannel server,
            ChannelConfig serverConfig,
            AcceptingLoops accepting,
            PinnedLoop loop,
            ChildRoute route,
            ChildGroup childGroup,
            AcceptErrorReport errors,
            boolean fromTask) {
        this.server = server;
        this.serverConfig = serverConfig;
        this.accepting = accepting;
        this.loop = loop;
        this.engine = accepting.engine();
        this.counters = accepting.counters(loop);
        this.route = route;
        this.childGroup = childGroup;
        this.errors = errors;
        this.fromTask = fromTask;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        Channel child = (Channel) msg;
        ChildParent.set(child, server);
        failuresInARow = 0;
        readOwed = false;
        engine.guard(child);
        route.deliver(child, loop.eventLoop(), accepting.assignOwner(loop, child, childGroup), fromTask);
    }

    // ---- when accept fails

    /** Reads go no further while the listener pauses, whoever asks: the server channel asks all its listeners at once. */
    @Override
    public void read(ChannelHandlerContext ctx) {
        readOwed = !serverConfig.isAutoRead();
        if (!paused) {
            ctx.read();
        }
    }

    @Override
    @SuppressWarnings("deprecation")
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        acceptFailed(ctx, cause);
    }

    private void acceptFailed(ChannelHandlerContext ctx, Throwable cause) {
        Channel listener = ctx.channel();
        if (!listener.isOpen() || !server.isOpen()) {
            // The shutdown that ends an outstanding accept makes it fail.
            return;
        }
        counters.increment(AcceptEvent.ACCEPT_ERRORS);
        failuresInARow++;
        if (paused) {
            // What was armed before the failure may still fail once more.
            errors.tellHandlers(cause);
            return;
        }
        if (AcceptFailure.of(cause) == AcceptFailure.RETRY && failuresInARow <= RETRIES_MAX) {
            errors.tellHandlers(cause);
            // Off and on makes every engine look at the queue again, an edge-triggered one too.
            pause(listener);
            resume(ctx);
        } else {
            counters.increment(AcceptFailure.pauseBy(cause));
            errors.paused(listener, cause);
            pause(listener);
            listener.eventLoop().schedule(() -> resume(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void pause(Channel listener) {
        boolean owed = readOwed;
        paused = true;
        // Only a change to off takes back a read that is armed; one that the user asked for is armed with auto-read
        // off.
        listener.config().setAutoRead(true);
        listener.config().setAutoRead(false);
        readOwed = owed;
    }

    private void resume(ChannelHandlerContext ctx) {
        paused = false;
        Channel listener = ctx.channel();
        if (!listener.isOpen()) {
            return;
        }
        // The server channel's may be changed by another thread at the same time.
        while (listener.config().isAutoRead() != serverConfig.isAutoRead()) {
            listener.config().setAutoRead(serverConfig.isAutoRead());
        }
        if (readOwed || listener.config().isAutoRead()) {
            ctx.read();
        }
    }
}
