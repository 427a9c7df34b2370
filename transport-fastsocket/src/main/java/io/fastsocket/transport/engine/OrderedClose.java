package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;

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
    private final Runnable close;
    private int turns;

    private OrderedClose(Channel channel, ChannelOutboundBuffer buffer, Runnable close) {
        this.channel = channel;
        this.buffer = buffer;
        this.close = close;
    }

    /** Runs {@code close} now if nothing flushed is in the way, else as soon as it is written or does not go on. */
    static void after(Channel channel, Runnable close) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (buffer == null || buffer.size() == 0 || !channel.isActive()) {
            close.run();
        } else {
            new OrderedClose(channel, buffer, close).nextTurn();
        }
    }

    private void nextTurn() {
        long pendingBytes = buffer.totalPendingWriteBytes();
        EventLoop loop = channel.eventLoop();
        try {
            // What is done when it is submitted is handled before the next task.
            IoUringEngine.afterSubmission(loop, () -> executeOrClose(loop, () -> look(pendingBytes)));
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

    private void look(long pendingBytesBefore) {
        boolean goesOn = buffer.totalPendingWriteBytes() < pendingBytesBefore && ++turns < TURNS_MAX;
        if (channel.isOpen() && buffer.size() > 0 && goesOn) {
            nextTurn();
        } else {
            close.run();
        }
    }
}
