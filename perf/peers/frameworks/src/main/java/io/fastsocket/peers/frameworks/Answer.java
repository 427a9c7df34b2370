package io.fastsocket.peers.frameworks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * What the HTTP example answers to a request target: a text, or the bytes of {@code /bytes/N}.
 *
 * @param contentType the media type of the body
 * @param body lies outside the pool and need not be released
 */
record Answer(int status, String contentType, ByteBuf body) {
    /** The largest {@code N} of {@code /bytes/N}. */
    private static final int BYTES_MAX = 1 << 20;

    private static final String BYTES_PREFIX = "/bytes/";

    /** It has seven digits. */
    private static final int DIGITS_MAX = 7;

    private static final ByteBuf TEXT = outsideThePool("Hello, World!");

    private static final ByteBuf BLOCK = outsideThePool("0123456789abcdef".repeat(BYTES_MAX / 16));

    private static final Answer NOT_FOUND = new Answer(404, "text/plain", Unpooled.EMPTY_BUFFER);

    static Answer to(String target) {
        if (target.equals("/")) {
            // Writing it moves its reader index.
            return new Answer(200, "text/plain", TEXT.duplicate());
        }
        String count = target.startsWith(BYTES_PREFIX) ? target.substring(BYTES_PREFIX.length()) : "";
        if (count.isEmpty() || count.length() > DIGITS_MAX || !count.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return NOT_FOUND;
        }
        int bytes = Integer.parseInt(count);
        return bytes <= BYTES_MAX ? new Answer(200, "application/octet-stream", BLOCK.slice(0, bytes)) : NOT_FOUND;
    }

    String contentLength() {
        return Integer.toString(body.readableBytes());
    }

    private static ByteBuf outsideThePool(String ascii) {
        byte[] bytes = ascii.getBytes(US_ASCII);
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(buffer).asReadOnly());
    }
}
