package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A close of an io_uring connection after flushed writes. The incubator has one transfer of a channel in the ring, and a close
 * waits for that one alone: what was flushed after it would be lost, which on other engines is in the kernel by then. As long as
 * each turn of the loop writes something, the close waits for the next one. Used by the channel's loop alone.
 */
final class OrderedClose {
    /** A peer that takes all in small parts does not keep a connection from its close. */
    private static final int TURNS_MAX = 1_000;

    private final Channel channel;
    private final ChannelOutboundBuffer buffer;
    private final @Nullable ChannelFuture fileRegions;
    private final Runnable close;
    private int turns;

    private OrderedClose(
            Channel channel, ChannelOutboundBuffer buffer, @Nullable ChannelFuture fileRegions, Runnable close) {
        this.channel = channel;
        this.buffer = buffer;
        this.fileRegions = fileRegions;
        this.close = close;
    }

    /**
     * Runs {@code close} now if nothing flushed is in the way, else as soon as it is written or does not go on.
     *
     * @param fileRegions done when all is written that was flushed with regions and behind them, which is not all in the channel's
     *     buffer; null where there are none
     */
    static void after(Channel channel, @Nullable ChannelFuture fileRegions, Runnable close) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (buffer == null || !channel.isActive()) {
            close.run();
            return;
        }
        OrderedClose ordered = new OrderedClose(channel, buffer, fileRegions, close);
        if (ordered.isInTheWay()) {
            ordered.nextTurn();
        } else {
            close.run();
        }
    }

    private boolean isInTheWay() {
        return buffer.size() > 0 || (fileRegions != null && !fileRegions.isDone());
    }

    private void nextTurn() {
        long pendingBytes = buffer.totalPendingWriteBytes();
        long progress = buffer.currentProgress();
        Object current = buffer.current();
        EventLoop loop = channel.eventLoop();
        try {
            // What is done when it is submitted is handled before the next task.
            IoUringEngine.afterSubmission(
                    loop, () -> executeOrClose(loop, () -> look(pendingBytes, progress, current)));
        } catch (RejectedExecutionException loopEnds) {
            close.run();
        }
    }

    private void executeOrClose(EventLoop loop, Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException loopEnds) {
            close.run();
        }
    }

    private void look(long pendingBytesBefore, long progressBefore, @Nullable Object currentBefore) {
        // A part of one message is progress of it; the next part of a region takes the place of the one before.
        boolean moved = buffer.totalPendingWriteBytes() < pendingBytesBefore
                || buffer.currentProgress() > progressBefore
                || buffer.current() != currentBefore;
        if (channel.isOpen() && isInTheWay() && moved && ++turns < TURNS_MAX) {
            nextTurn();
        } else {
            close.run();
        }
    }
}
