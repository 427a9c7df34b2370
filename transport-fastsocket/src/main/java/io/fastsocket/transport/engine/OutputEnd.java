package io.fastsocket.transport.engine;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The end of an io_uring connection's output that was asked for while flushed data is on its way. On other engines a flush has
 * handed to the kernel what fits when it returns; here it is only queued in the ring, and the end of output would overtake it. It
 * waits until all that was flushed is written. Used by the channel's loop alone.
 */
final class OutputEnd {
    private static final int LOOK_AGAIN_MILLIS_MAX = 100;

    private final Channel channel;
    private final ChannelOutboundBuffer buffer;
    private final ChannelPromise promise;
    private boolean done;

    private OutputEnd(Channel channel, ChannelOutboundBuffer buffer, ChannelPromise promise) {
        this.channel = channel;
        this.buffer = buffer;
        this.promise = promise;
    }

    /**
     * @param guard where writes go out
     * @param buffer the channel's, in which there is something
     * @param unflushed whether there are writes that nobody flushed, which are to fail when the output ends
     */
    static OutputEnd await(
            ChannelHandlerContext guard, ChannelOutboundBuffer buffer, ChannelPromise promise, boolean unflushed) {
        OutputEnd end = new OutputEnd(guard.channel(), buffer, promise);
        end.channel.closeFuture().addListener(closed -> end.closed());
        if (unflushed) {
            // A message behind them, to be told when all is written, would send them.
            end.lookAgainIn(1);
        } else {
            guard.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> end.finish());
        }
        return end;
    }

    private void lookAgainIn(int millis) {
        if (buffer.size() == 0) {
            finish();
            return;
        }
        try {
            channel.eventLoop()
                    .schedule(
                            () -> lookAgainIn(Math.min(2 * millis, LOOK_AGAIN_MILLIS_MAX)),
                            millis,
                            TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException loopEnds) {
            finish();
        }
    }

    void finishIfWritten() {
        if (allWritten()) {
            finish();
        }
    }

    private void finish() {
        if (!done) {
            done = true;
            ShutdownOutputHook.atOnce(channel, promise);
        }
    }

    /** The close has ended the output. It is told before what is left in the buffer fails. */
    private void closed() {
        if (done) {
            return;
        }
        done = true;
        if (allWritten()) {
            promise.trySuccess();
        } else {
            promise.tryFailure(new ClosedChannelException());
        }
    }

    private boolean allWritten() {
        return buffer.size() == 0 || (buffer.size() == 1 && buffer.current() == Unpooled.EMPTY_BUFFER);
    }
}
