package io.fastsocket.examples.proxy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Netty's decoder without what it forgives in a request line, and without second fields where there may be one: what two
 * servers read differently lets one request hide in another.
 *
 * <p>Netty itself refuses bare LF, blanks before the colon, names that are no token, control characters in values, a
 * length that is no number, both a length and chunks, and chunks in HTTP/1.0.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    /** A chunk of a body is passed on as it was read. */
    static final int CHUNK_BYTES_MAX = 64 << 10;

    private int methodEnd;
    private int targetEnd;

    StrictRequestDecoder(int lineBytesMax, int headerBytesMax) {
        super(config(lineBytesMax, headerBytesMax));
    }

    private static HttpDecoderConfig config(int lineBytesMax, int headerBytesMax) {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(lineBytesMax)
                .setMaxHeaderSize(headerBytesMax)
                .setMaxChunkSize(CHUNK_BYTES_MAX)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(false)
                .setHeadersFactory(StrictFields.FACTORY)
                .setTrailersFactory(DefaultHttpHeadersFactory.trailersFactory());
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        require(start == 0, "a blank before the method");
        methodEnd = start + length;
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        require(start == methodEnd + 1 && line[methodEnd] == ' ', "more than one space after the method");
        targetEnd = start + length;
        for (int i = start; i < targetEnd; i++) {
            require(line[i] > ' ' && line[i] < 0x7f, "a character in the target that a URI does not have");
        }
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        require(start == targetEnd + 1 && line[targetEnd] == ' ', "more than one space after the target");
        require(line[start] == 'H' && line[start + 1] == 'T', "a version that is not HTTP in upper case");
        return super.splitThirdWordInitialLine(line, start, length);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("request line: " + otherwise);
        }
    }

    /** Fields of a request, of which some may be there once. Netty takes the first length of two in HTTP/1.0. */
    private static final class StrictFields extends DefaultHttpHeaders {
        static final HttpHeadersFactory FACTORY = new HttpHeadersFactory() {
            @Override
            public HttpHeaders newHeaders() {
                return new StrictFields();
            }

            @Override
            public HttpHeaders newEmptyHeaders() {
                return new StrictFields();
            }
        };

        @Override
        public HttpHeaders add(CharSequence name, Object value) {
            if (isSingle(name) && contains(name)) {
                throw new IllegalArgumentException("field " + name + ": more than one (expected: one)");
            }
            return super.add(name, value);
        }

        private static boolean isSingle(CharSequence name) {
            return switch (name.length()) {
                case 4 -> HttpHeaderNames.HOST.contentEqualsIgnoreCase(name);
                case 14 -> HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name);
                case 17 -> HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name);
                default -> false;
            };
        }
    }
}
