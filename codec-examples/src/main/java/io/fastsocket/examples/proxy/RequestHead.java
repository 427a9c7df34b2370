package io.fastsocket.examples.proxy;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;
import static io.netty.handler.codec.http.HttpHeaderNames.CONTENT_LENGTH;
import static io.netty.handler.codec.http.HttpHeaderNames.HOST;
import static io.netty.handler.codec.http.HttpHeaderNames.TRANSFER_ENCODING;
import static io.netty.handler.codec.http.HttpHeaderNames.UPGRADE;
import static io.netty.handler.codec.http.HttpHeaderNames.VIA;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_0;
import static io.netty.handler.codec.http.HttpVersion.HTTP_1_1;

import io.fastsocket.examples.upstream.Upstream;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request as the upstream gets it, and what must be known of it as it came.
 *
 * @param forward goes to the upstream; its Host field is set when the upstream is chosen
 * @param target as the client wrote it
 * @param host what the client asked for; null in HTTP/1.0 without a Host field
 * @param http10 the client speaks HTTP/1.0: no chunks and no interim responses for it
 * @param keepAlive the client wants its connection kept
 * @param hasBody the request may have a body, so that it cannot be sent again
 * @param upgrade the client asks for another protocol
 */
record RequestHead(
        HttpRequest forward,
        String target,
        @Nullable String host,
        boolean http10,
        boolean keepAlive,
        boolean hasBody,
        boolean upgrade) {

    /** RFC 9110, 9.2.2, without TRACE. */
    private static final Set<HttpMethod> IDEMPOTENT =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

    /** Makes a request that {@link RequestCheck} let pass into one for an upstream. */
    static RequestHead of(HttpRequest request, ForwardedFields forwarded, ProxySettings settings) {
        HttpHeaders fields = request.headers();
        boolean http10 = request.protocolVersion().equals(HTTP_1_0);
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        boolean chunked = fields.contains(TRANSFER_ENCODING);
        boolean hasBody = chunked || !"0".equals(fields.get(CONTENT_LENGTH, "0"));
        String upgrade = ProtocolSwitch.offer(request);
        String uri = request.uri();
        Target target = Objects.requireNonNull(Target.of(request.method(), uri), "checked before");
        String host = target.authority() == null ? fields.get(HOST) : target.authority();

        HopByHop.strip(fields);
        if (chunked) {
            fields.set(TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (upgrade != null) {
            fields.set(UPGRADE, upgrade).set(CONNECTION, HttpHeaderValues.UPGRADE);
        } else if (!settings.keepsUpstreamConnections()) {
            fields.set(CONNECTION, HttpHeaderValues.CLOSE);
        }
        forwarded.addTo(fields, host);
        if (!settings.via().isEmpty()) {
            fields.add(VIA, (http10 ? "1.0 " : "1.1 ") + settings.via());
        }
        request.setUri(target.path()).setProtocolVersion(HTTP_1_1);
        return new RequestHead(request, uri, host, http10, keepAlive, hasBody, upgrade != null);
    }

    boolean isHead() {
        return HttpMethod.HEAD.equals(forward.method());
    }

    /** Whether it does no more harm sent twice than once. */
    boolean idempotent() {
        return IDEMPOTENT.contains(forward.method());
    }

    /** Names the host for the upstream that was chosen. */
    void addressTo(Upstream upstream, HostHeader which) {
        String value = which == HostHeader.UPSTREAM || host == null ? upstream.toString() : host;
        forward.headers().set(HOST, value);
    }
}
