package io.fastsocket.transport.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.stream.ChunkedInput;
import io.netty.handler.stream.ChunkedWriteHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A file region read in chunks of at most {@link #CHUNK_BYTES}, as many at a time as the peer takes: the incubator has
 * neither sendfile nor splice. Netty's {@link ChunkedWriteHandler} does the pacing; it is put in front of the guard when
 * the first region comes, so that other connections do not pay for it.
 */
final class FileRegionChunks implements ChunkedInput<ByteBuf> {
    static final int CHUNK_BYTES = 64 * 1024;

    private static final String WRITER_NAME = "fastsocket#chunks";

    private final FileRegion region;
    private long progressBytes;
    private boolean closed;

    private FileRegionChunks(FileRegion region) {
        this.region = region;
    }

    static void write(ChannelHandlerContext guard, FileRegion region, ChannelPromise promise) {
        if (guard.pipeline().get(WRITER_NAME) == null) {
            guard.pipeline().addBefore(IoUringGuard.NAME, WRITER_NAME, new ChunkedWriteHandler());
        }
        guard.write(new FileRegionChunks(region), promise);
    }

    /** Whether a region was ever written: one that was flushed may not have reached the channel yet. */
    static boolean mayBeUnderWay(Channel channel) {
        return channel.pipeline().get(WRITER_NAME) != null;
    }

    @Override
    public @Nullable ByteBuf readChunk(ByteBufAllocator allocator) throws IOException {
        if (isEndOfInput()) {
            return null;
        }
        ByteBuf chunk = allocator.directBuffer((int) Math.min(CHUNK_BYTES, region.count() - progressBytes));
        boolean filled = false;
        try {
            long transferred = region.transferTo(new BufferChannel(chunk), progressBytes);
            if (transferred <= 0) {
                throw new IOException("read failed on file region: position=" + region.position() + ", count="
                        + region.count() + ", read=" + progressBytes
                        + " (expected more): the file ends early; fix: do not truncate a file that is being sent");
            }
            progressBytes += transferred;
            filled = true;
            return chunk;
        } finally {
            if (!filled) {
                chunk.release();
            }
        }
    }

    @Deprecated
    @Override
    public @Nullable ByteBuf readChunk(ChannelHandlerContext ctx) throws IOException {
        return readChunk(ctx.alloc());
    }

    @Override
    public boolean isEndOfInput() {
        return progressBytes >= region.count();
    }

    @Override
    public long length() {
        return region.count();
    }

    @Override
    public long progress() {
        return progressBytes;
    }

    /** The writer closes what it has sent in part twice when the connection ends: as a failed write, and as discarded. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            region.release();
        }
    }

    /** Takes as much as the buffer has room for; the region stops at a short write. */
    private record BufferChannel(ByteBuf buffer) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) {
            int bytes = Math.min(source.remaining(), buffer.writableBytes());
            ByteBuffer part = source.slice(source.position(), bytes);
            buffer.writeBytes(part);
            source.position(source.position() + bytes);
            return bytes;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
