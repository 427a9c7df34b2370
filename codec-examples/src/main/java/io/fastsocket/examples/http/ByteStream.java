package io.fastsocket.examples.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/** The body of {@code /bytes/N}, cut from one block that repeats {@code 0123456789abcdef}. */
final class ByteStream implements BodyStream {
    /** The period of the pattern divides it, so that a cut at any multiple of it goes on in step. */
    private static final int BLOCK_BYTES = 64 << 10;

    // Read-only and outside the pool: all streams of the process send from it and nobody frees it.
    private static final ByteBuf BLOCK = block();

    /** A stream that is over. */
    static final ByteStream EMPTY = new ByteStream(0);

    private int remaining;

    ByteStream(int count) {
        remaining = count;
    }

    @Override
    public boolean hasNext() {
        return remaining > 0;
    }

    @Override
    public ByteBuf next(ByteBufAllocator allocator) {
        int bytes = Math.min(remaining, BLOCK_BYTES);
        remaining -= bytes;
        return BLOCK.slice(0, bytes);
    }

    @Override
    public long unsent() {
        return remaining;
    }

    @Override
    public void close() {}

    private static ByteBuf block() {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        for (int i = 0; i < BLOCK_BYTES; i++) {
            block.put((byte) "0123456789abcdef".charAt(i & 15));
        }
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(block.flip()).asReadOnly());
    }
}
