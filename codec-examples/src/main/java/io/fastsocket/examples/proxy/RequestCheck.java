package io.fastsocket.examples.proxy;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.HOST;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;
import static io.netty.handler.codec.http.HttpResponseStatus.BAD_REQUEST;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_0;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/** Says which requests are not sent on. What the decoder refuses already comes here as a failed result. */
final class RequestCheck {
    /** What is said with a 405. Other methods that nobody has forbidden go through as well. */
    static final String ALLOWED = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private RequestCheck() {}

    /** Null for a request that may be sent on. */
    static @Nullable Refusal refusal(HttpRequest head) {
        if (head.decoderResult().isFailure()) {
            return unreadable(head.decoderResult().cause());
        }
        if (!head.protocolVersion().equals(HTTP_1_1) && !head.protocolVersion().equals(HTTP_1_0)) {
            return new Refusal(
                    HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "this proxy speaks HTTP/1.1 and HTTP/1.0");
        }
        if (HttpMethod.CONNECT.equals(head.method()) || HttpMethod.TRACE.equals(head.method())) {
            return new Refusal(HttpResponseStatus.METHOD_NOT_ALLOWED, "this proxy does not do " + head.method());
        }
        HttpHeaders fields = head.headers();
        String encoding = fields.get(TRANSFER_ENCODING);
        if (encoding != null && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encoding)) {
            return bad("the one transfer-encoding taken is chunked");
        }
        if (fields.contains("sec-websocket-key1") || fields.contains("sec-websocket-key2")) {
            // A draft of 2010 whose request has eight bytes of body that no field announces.
            return bad("this draft of the WebSocket protocol is not spoken");
        }
        return refusalOfRouting(head);
    }

    private static @Nullable Refusal refusalOfRouting(HttpRequest head) {
        String host = head.headers().get(HOST);
        if (host == null && head.protocolVersion().equals(HTTP_1_1)) {
            return bad("a request of HTTP/1.1 needs a host field");
        }
        if (host != null && !Target.isAuthority(host)) {
            return bad("the host field is no host");
        }
        if (Target.of(head.method(), head.uri()) == null) {
            return bad("the target is neither a path nor an http URI");
        }
        return namesFraming(head.headers())
                ? bad("the connection field names a field that is not of the connection")
                : null;
    }

    /** Removing these because the client asks would change what the request is. */
    private static boolean namesFraming(HttpHeaders fields) {
        return fields.containsValue(CONNECTION, "content-length", true)
                || fields.containsValue(CONNECTION, "transfer-encoding", true)
                || fields.containsValue(CONNECTION, "host", true);
    }

    static Refusal unreadable(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new Refusal(HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line is too long");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new Refusal(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the header fields are too large");
        }
        return bad("the request cannot be read");
    }

    private static Refusal bad(String explanation) {
        return new Refusal(BAD_REQUEST, explanation);
    }
}
