package io.fastsocket.perf.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;
import java.util.Arrays;

/**
 * Finds the ends of the HTTP/1.1 responses on one connection, and of each its status and whether the connection ends with it. Takes
 * them in pieces of any size; keeps no body. Makes no object for a response. Used by one thread.
 */
final class ResponseParser {
    private static final int LINE_BYTES_MAX = 16 * 1024;
    private static final int HEAD_BYTES_MAX = 64 * 1024;

    private static final byte[] CONTENT_LENGTH = "content-length:".getBytes(ISO_8859_1);
    private static final byte[] CONNECTION = "connection:".getBytes(ISO_8859_1);
    private static final byte[] TRANSFER_ENCODING = "transfer-encoding:".getBytes(ISO_8859_1);
    private static final byte[] CLOSE = "close".getBytes(ISO_8859_1);
    private static final byte[] KEEP_ALIVE = "keep-alive".getBytes(ISO_8859_1);
    private static final byte[] CHUNKED = "chunked".getBytes(ISO_8859_1);

    private static final long LENGTH_UNKNOWN = -1;

    private enum State {
        STATUS_LINE,
        FIELD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        BODY_UNTIL_CLOSE
    }

    private byte[] line = new byte[256];
    private int lineLength;
    private State state = State.STATUS_LINE;
    private int headBytes;
    private int status;
    private boolean closes;
    private boolean chunked;
    private long contentLength;
    private long remaining;
    private long bytes;
    private boolean whole = true;

    /** The status of the response that is whole. */
    int status() {
        return status;
    }

    /** Whether the server closes the connection after it. */
    boolean closes() {
        return closes;
    }

    /** The size of the response that is whole, head and body as they came. */
    long bytes() {
        return bytes;
    }

    /** Forgets the connection so far. */
    void reset() {
        state = State.STATUS_LINE;
        lineLength = 0;
        whole = true;
    }

    /**
     * Takes bytes up to the end of a response.
     *
     * @return true at the end of one; false if all bytes are taken and more are needed
     * @throws ProtocolException if it is no HTTP/1.1 response
     */
    boolean next(ByteBuf in) throws ProtocolException {
        if (!in.isReadable()) {
            return false;
        }
        if (whole) {
            whole = false;
            bytes = 0;
            headBytes = 0;
        }
        while (!whole && in.isReadable()) {
            int before = in.readerIndex();
            switch (state) {
                case BODY, CHUNK -> skipBody(in);
                case BODY_UNTIL_CLOSE -> in.skipBytes(in.readableBytes());
                default -> takeLine(in);
            }
            bytes += in.readerIndex() - before;
        }
        return whole;
    }

    /** The connection has ended: whether that was the end of a response, too. */
    boolean endOfInput() {
        if (state != State.BODY_UNTIL_CLOSE) {
            return false;
        }
        complete();
        return true;
    }

    private void complete() {
        state = State.STATUS_LINE;
        whole = true;
    }

    private void skipBody(ByteBuf in) {
        int skipped = (int) Math.min(remaining, in.readableBytes());
        in.skipBytes(skipped);
        remaining -= skipped;
        if (remaining > 0) {
            return;
        }
        if (state == State.CHUNK) {
            state = State.CHUNK_END;
        } else {
            complete();
        }
    }

    private void takeLine(ByteBuf in) throws ProtocolException {
        int length = in.bytesBefore((byte) '\n');
        int taken = length < 0 ? in.readableBytes() : length;
        headBytes += taken;
        if (lineLength + taken > LINE_BYTES_MAX || headBytes > HEAD_BYTES_MAX) {
            throw new ProtocolException(
                    "response: a line or a head too long: bytes>" + LINE_BYTES_MAX + " or " + HEAD_BYTES_MAX);
        }
        while (line.length < lineLength + taken) {
            line = Arrays.copyOf(line, line.length * 2);
        }
        in.readBytes(line, lineLength, taken);
        lineLength += taken;
        if (length < 0) {
            return;
        }
        in.skipBytes(1);
        if (lineLength > 0 && line[lineLength - 1] == '\r') {
            lineLength--;
        }
        endOfLine();
        lineLength = 0;
    }

    private void endOfLine() throws ProtocolException {
        switch (state) {
            case STATUS_LINE -> statusLine();
            case FIELD -> {
                if (lineLength > 0) {
                    field();
                } else {
                    endOfHead();
                }
            }
            case CHUNK_SIZE -> chunkSize();
            case CHUNK_END -> {
                requireLine(lineLength == 0, "the end of a chunk");
                headBytes = 0;
                state = State.CHUNK_SIZE;
            }
            case TRAILER -> {
                if (lineLength == 0) {
                    complete();
                }
            }
            default -> throw new IllegalStateException("response: state=" + state + " has no lines");
        }
    }

    // ---- head

    private void statusLine() throws ProtocolException {
        // HTTP/1.x NNN
        boolean http = lineLength >= 12
                && line[0] == 'H'
                && line[1] == 'T'
                && line[2] == 'T'
                && line[3] == 'P'
                && line[4] == '/'
                && line[5] == '1'
                && line[6] == '.'
                && line[8] == ' ';
        requireLine(http && isDigit(9) && isDigit(10) && isDigit(11), "a status line of HTTP/1.1");
        status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + line[11] - '0';
        closes = line[7] == '0';
        chunked = false;
        contentLength = LENGTH_UNKNOWN;
        state = State.FIELD;
    }

    private boolean isDigit(int index) {
        return line[index] >= '0' && line[index] <= '9';
    }

    private void field() throws ProtocolException {
        // Most fields are none of the three; their first letter tells.
        int first = line[0] | 0x20;
        if (first == 'c' && startsWith(CONTENT_LENGTH)) {
            long length = number(CONTENT_LENGTH.length, 10, "a content length");
            requireLine(contentLength == LENGTH_UNKNOWN || contentLength == length, "one content length");
            contentLength = length;
        } else if (first == 'c' && startsWith(CONNECTION)) {
            if (contains(CLOSE, CONNECTION.length)) {
                closes = true;
            } else if (contains(KEEP_ALIVE, CONNECTION.length)) {
                closes = false;
            }
        } else if (first == 't' && startsWith(TRANSFER_ENCODING)) {
            requireLine(contains(CHUNKED, TRANSFER_ENCODING.length), "the transfer coding chunked");
            chunked = true;
        }
    }

    private void endOfHead() {
        if (status >= 100 && status < 200) {
            // An interim response: the real one follows.
            state = State.STATUS_LINE;
        } else if (status == 204 || status == 304 || (!chunked && contentLength == 0)) {
            complete();
        } else if (chunked) {
            headBytes = 0;
            state = State.CHUNK_SIZE;
        } else if (contentLength > 0) {
            remaining = contentLength;
            state = State.BODY;
        } else {
            closes = true;
            state = State.BODY_UNTIL_CLOSE;
        }
    }

    private void chunkSize() throws ProtocolException {
        remaining = number(0, 16, "a chunk size");
        state = remaining == 0 ? State.TRAILER : State.CHUNK;
    }

    // ---- text

    private boolean startsWith(byte[] name) {
        return lineLength >= name.length && matches(name, 0);
    }

    private boolean contains(byte[] word, int from) {
        for (int at = from; at + word.length <= lineLength; at++) {
            if (matches(word, at)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the word, in lower case, is there in any case. */
    private boolean matches(byte[] word, int at) {
        for (int i = 0; i < word.length; i++) {
            int c = line[at + i];
            if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != word[i]) {
                return false;
            }
        }
        return true;
    }

    private long number(int from, int radix, String expected) throws ProtocolException {
        int at = from;
        while (at < lineLength && line[at] == ' ') {
            at++;
        }
        long number = 0;
        int digits = 0;
        for (; at < lineLength && Character.digit(line[at], radix) >= 0; at++, digits++) {
            number = number * radix + Character.digit(line[at], radix);
        }
        // A chunk extension follows a semicolon.
        boolean ends = at == lineLength || line[at] == ' ' || line[at] == ';';
        requireLine(digits > 0 && digits <= 15 && ends, expected);
        return number;
    }

    private void requireLine(boolean right, String expected) throws ProtocolException {
        if (!right) {
            String text = new String(line, 0, Math.min(lineLength, 80), ISO_8859_1);
            throw new ProtocolException("response: line=\"" + text + "\" (expected " + expected + ")");
        }
    }
}
