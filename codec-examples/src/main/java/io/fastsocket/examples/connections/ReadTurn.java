package io.fastsocket.examples.connections;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.SingleThreadEventLoop;

/**
 * What one connection may have of its loop's turn: one receive buffer, on every engine, and then the others come. Netty's 16 of them,
 * and on epoll 64 times as many, filled with messages of a byte each, keep a loop for seconds where the CPU is short.
 *
 * <p>First in the pipeline, used by its loop alone. On epoll what a client sent before it ended its side is read without a pause.
 */
public final class ReadTurn extends ChannelOutboundHandlerAdapter {
    private static final int READS_MAX = 1;

    private final Channel channel;

    private ReadTurn(Channel channel) {
        this.channel = channel;
    }

    /** Bounds the turns of {@code channel}, which has a receive buffer allocator of its own, or one of others that are bounded too. */
    public static void bound(Channel channel) {
        if (channel.config().getRecvByteBufAllocator() instanceof MaxMessagesRecvByteBufAllocator reads) {
            reads.maxMessagesPerRead(READS_MAX);
        }
        channel.pipeline().addFirst(new ReadTurn(channel));
    }

    /** What was full is likely to be so again: epoll would go on with a task, and look at nobody else for 64 of them. */
    @Override
    public void read(ChannelHandlerContext ctx) {
        if (wasFull() && channel.eventLoop() instanceof SingleThreadEventLoop loop) {
            boolean auto = channel.config().isAutoRead();
            loop.executeAfterEventLoopIteration(() -> {
                if (!auto || channel.config().isAutoRead()) {
                    ctx.read();
                }
            });
        } else {
            ctx.read();
        }
    }

    private boolean wasFull() {
        var last = channel.unsafe().recvBufAllocHandle();
        return last.lastBytesRead() > 0 && last.lastBytesRead() == last.attemptedBytesRead();
    }
}
