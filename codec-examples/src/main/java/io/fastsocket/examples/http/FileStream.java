package io.fastsocket.examples.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * A file as a body: one region, which the transport sends by itself, or chunks of at most {@value #CHUNK_BYTES} bytes where
 * TLS needs to see them.
 */
final class FileStream implements BodyStream {
    private static final int CHUNK_BYTES = 64 << 10;

    private final FileChannel file;
    /** Closes the file with its last reference: one is the stream's, one is that of a write. */
    private final FileRegion region;

    private final boolean inChunks;
    private long given;

    /** Takes over the file, of which {@code count} bytes are the body. */
    FileStream(FileChannel file, long count, boolean inChunks) {
        this.file = file;
        this.region = new DefaultFileRegion(file, 0, count);
        this.inChunks = inChunks;
    }

    @Override
    public boolean hasNext() {
        return given < region.count();
    }

    @Override
    public Object next(ByteBufAllocator allocator) throws IOException {
        if (inChunks) {
            return chunk(allocator);
        }
        given = region.count();
        return region.retain();
    }

    private ByteBuf chunk(ByteBufAllocator allocator) throws IOException {
        int bytes = (int) Math.min(CHUNK_BYTES, region.count() - given);
        ByteBuf chunk = allocator.buffer(bytes);
        boolean filled = false;
        try {
            int read = chunk.writeBytes(file, given, bytes);
            if (read <= 0) {
                throw new IOException("read failed on file: position=" + given + ", count=" + region.count()
                        + " (expected more): the file ends early; fix: do not truncate a file that is being sent");
            }
            given += read;
            filled = true;
            return chunk;
        } finally {
            if (!filled) {
                chunk.release();
            }
        }
    }

    @Override
    public long unsent() {
        return region.count() - (inChunks ? given : region.transferred());
    }

    @Override
    public void close() {
        region.release();
    }
}
