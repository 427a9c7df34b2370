package io.fastsocket.transport.engine;

import io.netty.channel.ChannelConfig;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * The user's receive buffer allocator, made to end each read loop after one message. The incubator receives without
 * MSG_DONTWAIT: after a message that fills the buffer exactly, a second receive would wait for the peer's next byte, and
 * {@code channelReadComplete} with it.
 */
final class OneMessagePerRead implements MaxMessagesRecvByteBufAllocator {
    private final RecvByteBufAllocator users;

    private OneMessagePerRead(RecvByteBufAllocator users) {
        this.users = users;
    }

    /** Makes sure that {@code config} reads one message at a time, whatever was set on it before. */
    static void enforce(ChannelConfig config) {
        RecvByteBufAllocator current = config.getRecvByteBufAllocator();
        if (!(current instanceof OneMessagePerRead)) {
            config.setRecvByteBufAllocator(new OneMessagePerRead(current));
        }
    }

    @Override
    public ExtendedHandle newHandle() {
        return new OneMessageHandle((ExtendedHandle) users.newHandle());
    }

    /** What the user asked for is remembered, so that it can be read back, and has no other effect. */
    @Override
    public int maxMessagesPerRead() {
        return users instanceof MaxMessagesRecvByteBufAllocator limited ? limited.maxMessagesPerRead() : 1;
    }

    @Override
    public MaxMessagesRecvByteBufAllocator maxMessagesPerRead(int maxMessagesPerRead) {
        if (users instanceof MaxMessagesRecvByteBufAllocator limited) {
            limited.maxMessagesPerRead(maxMessagesPerRead);
        }
        return this;
    }

    private static final class OneMessageHandle extends RecvByteBufAllocator.DelegatingHandle
            implements RecvByteBufAllocator.ExtendedHandle {
        OneMessageHandle(ExtendedHandle users) {
            super(users);
        }

        @Override
        public boolean continueReading() {
            return false;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return false;
        }
    }
}
