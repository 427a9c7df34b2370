package io.fastsocket.examples.proxy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;

/**
 * Fields of a message, of which those that route or frame may be there once: what two servers read differently lets one
 * message hide in another. Netty takes the first length of two, or of a list, in HTTP/1.0.
 */
final class SingleFields extends DefaultHttpHeaders {
    static final HttpHeadersFactory FACTORY = new HttpHeadersFactory() {
        @Override
        public HttpHeaders newHeaders() {
            return new SingleFields();
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
            return new SingleFields();
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
