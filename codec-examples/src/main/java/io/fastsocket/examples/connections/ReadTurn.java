package io.fastsocket.examples.connections;

import io.netty.channel.Channel;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;

/**
 * What one connection may have of its loop's turn: one receive buffer, as on io_uring, and then the others come. Netty's 16 of them,
 * filled with messages of a byte each, keep a loop for seconds where the CPU is short.
 */
public final class ReadTurn {
    private static final int READS_MAX = 1;

    private ReadTurn() {}

    /** Bounds the turns of {@code channel}, which has a receive buffer allocator of its own, or one of others that are bounded too. */
    public static void bound(Channel channel) {
        if (channel.config().getRecvByteBufAllocator() instanceof MaxMessagesRecvByteBufAllocator reads) {
            reads.maxMessagesPerRead(READS_MAX);
        }
    }
}
