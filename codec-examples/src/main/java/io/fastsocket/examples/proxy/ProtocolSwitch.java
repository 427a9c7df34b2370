package io.fastsocket.examples.proxy;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_ACCEPT;
import static io.netty.handler.codec.http.HttpHeaderNames.SEC_WEBSOCKET_KEY;
import static io.netty.handler.codec.http.HttpHeaderNames.UPGRADE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which requests ask for another protocol, and which responses 101 are an answer to that. */
final class ProtocolSwitch {
    private static final String WEBSOCKET = "websocket";

    /** RFC 6455, 1.3. */
    private static final String WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static final int WEBSOCKET_KEY_BYTES = 16;

    private ProtocolSwitch() {}

    /** Whether what follows this request may be of another protocol. */
    static boolean isAskedBy(HttpRequest request) {
        return request.decoderResult().isSuccess() && offer(request) != null;
    }

    /**
     * What the client offers to speak, as the upstream is to see it; null for nothing. Not HTTP/2, which would let
     * requests through that nobody here reads.
     */
    static @Nullable String offer(HttpRequest request) {
        HttpHeaders fields = request.headers();
        if (!fields.contains(UPGRADE)
                || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)
                || !fields.containsValue(CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            return null;
        }
        List<String> offered = new ArrayList<>();
        for (String token : tokens(fields)) {
            if (!token.toLowerCase(Locale.ROOT).contains("h2c")) {
                offered.add(token);
            }
        }
        return offered.isEmpty() ? null : String.join(", ", offered);
    }

    /** Why a response 101 cannot be passed on, or null. */
    static @Nullable String fault(HttpResponse response, RequestHead request) {
        if (!request.upgrade()) {
            return "it switches protocols unasked";
        }
        HttpHeaders asked = request.forward().headers();
        return isWebSocket(response.headers(), asked) && !accepts(response.headers(), asked.get(SEC_WEBSOCKET_KEY))
                ? "it switches to WebSocket without the sec-websocket-accept that answers the key"
                : null;
    }

    /** A client that offers WebSocket gets it unless the response names another protocol that was offered too. */
    private static boolean isWebSocket(HttpHeaders fields, HttpHeaders asked) {
        List<String> others = new ArrayList<>(tokens(asked));
        if (!others.removeIf(WEBSOCKET::equalsIgnoreCase)) {
            return false;
        }
        return tokens(fields).stream().noneMatch(named -> others.stream().anyMatch(named::equalsIgnoreCase));
    }

    private static boolean accepts(HttpHeaders fields, @Nullable String key) {
        List<String> accepts = fields.getAll(SEC_WEBSOCKET_ACCEPT);
        if (accepts.size() != 1 || accepts.get(0).isBlank()) {
            return false;
        }
        // What is no key has no right answer; whether such a request is served is the upstream's to say.
        return key == null || !isKey(key) || accepts.get(0).strip().equals(acceptOf(key));
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == WEBSOCKET_KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String acceptOf(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + WEBSOCKET_GUID).getBytes(US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private static List<String> tokens(HttpHeaders fields) {
        List<String> tokens = new ArrayList<>();
        for (String value : fields.getAll(UPGRADE)) {
            for (String token : value.split(",", -1)) {
                if (!token.isBlank()) {
                    tokens.add(token.strip());
                }
            }
        }
        return tokens;
    }
}
