package io.fastsocket.examples.proxy;

import io.fastsocket.examples.upstream.Upstream;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One request, as the access log tells it. Method and target have no blanks and no control characters: requests that
 * have are refused and logged with {@code -}.
 *
 * @param bytesIn of the request's body
 * @param bytesOut of the response's body
 * @param upstream who answered; null: this proxy
 * @param nanos from the request's head to the response's end
 */
record AccessEntry(
        long epochMillis,
        @Nullable InetSocketAddress client,
        String method,
        String target,
        int status,
        long bytesIn,
        long bytesOut,
        @Nullable Upstream upstream,
        long nanos,
        boolean reused,
        Locality locality) {

    /** Fields in a fixed order, a blank between two. */
    String line() {
        return String.format(
                Locale.ROOT,
                "%s %s %s %s %d in=%d out=%d upstream=%s ms=%.3f reused=%s local=%s",
                Instant.ofEpochMilli(epochMillis),
                client == null ? "-" : address(client),
                method,
                target,
                status,
                bytesIn,
                bytesOut,
                upstream == null ? "-" : upstream,
                nanos / 1e6,
                upstream == null ? "-" : reused ? "yes" : "no",
                locality);
    }

    private static String address(InetSocketAddress client) {
        String host = client.getAddress().getHostAddress();
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + client.getPort() : host + ":" + client.getPort();
    }
}
