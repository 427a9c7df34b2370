package io.fastsocket.examples.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.TooLongFrameException;
import org.jspecify.annotations.Nullable;

/** What came behind a request for another protocol, until it is known what it is. Used on one loop. */
final class HeldBytes {
    /**
     * More than one read of a loop takes. Only a client that also ends its side is read further, and may be ended for it.
     */
    static final int BYTES_MAX = 256 << 10;

    private @Nullable ByteBuf held;

    /** Takes all that can be read. */
    void add(ByteBufAllocator allocator, ByteBuf more) {
        int bytes = more.readableBytes();
        int before = held == null ? 0 : held.readableBytes();
        if (before + bytes > BYTES_MAX) {
            more.skipBytes(bytes);
            throw new TooLongFrameException("behind a request for another protocol: bytes=" + (before + bytes)
                    + " (expected at most " + BYTES_MAX + " before it is answered)");
        }
        if (held == null) {
            held = allocator.buffer(bytes);
        }
        held.writeBytes(more);
    }

    /** Gives away what is held; null if nothing is. */
    @Nullable
    ByteBuf take() {
        ByteBuf taken = held;
        held = null;
        return taken;
    }

    void release() {
        ByteBuf dropped = take();
        if (dropped != null) {
            dropped.release();
        }
    }
}
