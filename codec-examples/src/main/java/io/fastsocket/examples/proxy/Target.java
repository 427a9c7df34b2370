package io.fastsocket.examples.proxy;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes (RFC 9112, 3.2).
 *
 * @param path in origin or asterisk form, as an upstream gets it
 * @param authority of a target in absolute form, which then stands for the Host field; null for the other forms
 */
record Target(String path, @Nullable String authority) {
    private static final Pattern AUTHORITY =
            Pattern.compile("(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\\[[A-Fa-f0-9:.]+])(?::[0-9]{0,5})?");

    /** Null where the target is of no form that a reverse proxy takes. */
    static @Nullable Target of(HttpMethod method, String uri) {
        if (uri.indexOf('#') >= 0) {
            return null;
        }
        if (uri.startsWith("/")) {
            return new Target(uri, null);
        }
        if (uri.equals("*")) {
            return HttpMethod.OPTIONS.equals(method) ? new Target(uri, null) : null;
        }
        return absolute(method, uri);
    }

    private static @Nullable Target absolute(HttpMethod method, String uri) {
        int slashes = uri.indexOf("://");
        String scheme = slashes < 0 ? "" : uri.substring(0, slashes).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return null;
        }
        int start = slashes + 3;
        int end = start;
        while (end < uri.length() && uri.charAt(end) != '/' && uri.charAt(end) != '?') {
            end++;
        }
        String authority = uri.substring(start, end);
        if (!isAuthority(authority)) {
            return null;
        }
        String rest = uri.substring(end);
        if (rest.isEmpty()) {
            return new Target(HttpMethod.OPTIONS.equals(method) ? "*" : "/", authority);
        }
        return new Target(rest.startsWith("/") ? rest : "/" + rest, authority);
    }

    /** Host and port, without a user. */
    static boolean isAuthority(String text) {
        return AUTHORITY.matcher(text).matches();
    }
}
