package io.fastsocket.examples.proxy;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.UPGRADE;
import static io.netty.handler.codec.http.HttpHeaderNames.VIA;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a final response when its head is there.
 *
 * @param reusable the upstream keeps its connection, and the end of this response is known from its fields
 * @param endsWithConnection the end of this response is the end of the upstream's connection
 * @param untilClose the client learns the end of this response from the end of its connection alone
 */
record ResponseHead(boolean reusable, boolean endsWithConnection, boolean untilClose) {

    /** Why a response cannot be passed on, or null. */
    static @Nullable String fault(HttpResponse response, RequestHead request) {
        if (response.decoderResult().isFailure()) {
            return "its response cannot be read: "
                    + response.decoderResult().cause().getMessage();
        }
        if (!response.protocolVersion().protocolName().equals("HTTP")
                || response.protocolVersion().majorVersion() != 1) {
            return "it speaks " + response.protocolVersion();
        }
        HttpHeaders fields = response.headers();
        String encoding = fields.get(TRANSFER_ENCODING);
        if (encoding != null
                && (!HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encoding)
                        || fields.getAll(TRANSFER_ENCODING).size() > 1)) {
            return "its transfer-encoding is not chunked alone";
        }
        return response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)
                ? ProtocolSwitch.fault(response, request)
                : null;
    }

    /** Makes an interim response (1xx but 101) one for the client. */
    static void interim(HttpResponse response) {
        HopByHop.strip(response.headers());
        response.setProtocolVersion(HTTP_1_1);
    }

    /** Makes a response 101 one for the client. */
    static void switching(HttpResponse response) {
        HttpHeaders fields = response.headers();
        String protocol = fields.get(UPGRADE, "");
        HopByHop.strip(fields);
        fields.remove(CONTENT_LENGTH);
        if (!protocol.isEmpty()) {
            fields.set(UPGRADE, protocol);
        }
        fields.set(CONNECTION, HttpHeaderValues.UPGRADE);
        response.setProtocolVersion(HTTP_1_1);
    }

    /** Makes a final response one for the client. */
    static ResponseHead toClient(HttpResponse response, RequestHead request, String via) {
        HttpHeaders fields = response.headers();
        boolean keepAlive = HttpUtil.isKeepAlive(response);
        boolean chunked = fields.contains(TRANSFER_ENCODING);
        boolean empty = request.isHead() || hasNoBody(response.status());
        boolean framed = empty || chunked || fields.contains(CONTENT_LENGTH);
        // What a client is to upgrade to, which is all that this response says (RFC 9110, 15.5.22).
        List<String> required =
                response.status().equals(HttpResponseStatus.UPGRADE_REQUIRED) ? fields.getAll(UPGRADE) : List.of();
        HopByHop.strip(fields);
        if (!required.isEmpty()) {
            fields.set(UPGRADE, String.join(", ", required));
        }
        boolean rechunk = !empty && !fields.contains(CONTENT_LENGTH) && !request.http10();
        if (rechunk) {
            fields.set(TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (!via.isEmpty()) {
            fields.add(VIA, "1.1 " + via);
        }
        response.setProtocolVersion(HTTP_1_1);
        boolean untilClose = !empty && !rechunk && !fields.contains(CONTENT_LENGTH);
        return new ResponseHead(keepAlive && framed, !framed, untilClose);
    }

    static boolean isInterim(HttpResponse response) {
        return response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                && !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }

    private static boolean hasNoBody(HttpResponseStatus status) {
        return status.equals(HttpResponseStatus.NO_CONTENT) || status.equals(HttpResponseStatus.NOT_MODIFIED);
    }

    /** Says what becomes of the client's connection. */
    static void sayConnection(HttpHeaders fields, RequestHead request, boolean keep) {
        CharSequence option = keep ? null : HttpHeaderValues.CLOSE;
        if (keep && request.http10()) {
            option = HttpHeaderValues.KEEP_ALIVE;
        }
        if (fields.contains(UPGRADE)) {
            option = option == null ? HttpHeaderValues.UPGRADE : option + ", " + HttpHeaderValues.UPGRADE;
        }
        if (option != null) {
            fields.set(CONNECTION, option);
        }
    }
}
