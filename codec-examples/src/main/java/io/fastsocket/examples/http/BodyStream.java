package io.fastsocket.examples.http;

import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;

/** A body that takes several flushes, given piece by piece. Used on one event loop. */
interface BodyStream {
    /** Whether there is a piece not yet given. */
    boolean hasNext();

    /**
     * The next piece, a buffer or a file region; the caller releases it, as a write does.
     *
     * @throws IOException if there is less than was said; the connection is of no more use then
     */
    Object next(ByteBufAllocator allocator) throws IOException;

    /** Bytes not yet given or, of a region, not yet taken by the transport. */
    long unsent();

    /** Gives up what the stream holds. What was given and is not yet sent is not touched. */
    void close();
}
