package io.fastsocket.examples.proxy;

import static io.netty.handler.codec.http.HttpHeaderNames.CONNECTION;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map.Entry;
import java.util.Set;

/** Fields that belong to one connection and end at it (RFC 9110, 7.6.1). */
final class HopByHop {
    /** {@code Proxy} is here because CGI makes an environment variable of it that HTTP clients obey. */
    private static final Set<String> NAMES =
            Set.of("connection", "keep-alive", "te", "upgrade", "http2-settings", "transfer-encoding", "proxy");

    /** What would change how a message is framed, routed or trusted, and so has no place behind its body. */
    private static final Set<String> NEVER_TRAILERS = Set.of(
            "host",
            "content-length",
            "content-encoding",
            "content-type",
            "content-range",
            "trailer",
            "authorization",
            "cookie",
            "set-cookie",
            "expect",
            "range",
            "forwarded",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto");

    private HopByHop() {}

    /** Removes the fields of the connection and those that its Connection field names. */
    static void strip(HttpHeaders fields) {
        for (String value : fields.getAll(CONNECTION)) {
            for (String name : value.split(",", -1)) {
                String stripped = name.strip();
                if (!stripped.isEmpty()) {
                    fields.remove(stripped);
                }
            }
        }
        List<CharSequence> found = null;
        Iterator<Entry<CharSequence, CharSequence>> entries = fields.iteratorCharSequence();
        while (entries.hasNext()) {
            CharSequence name = entries.next().getKey();
            if (isHopByHop(name)) {
                found = found == null ? new ArrayList<>() : found;
                found.add(name);
            }
        }
        if (found != null) {
            found.forEach(fields::remove);
        }
    }

    /** Removes from trailers what may not be there. */
    static void stripTrailers(HttpHeaders trailers) {
        if (!trailers.isEmpty()) {
            for (String name : List.copyOf(trailers.names())) {
                if (isHopByHop(name) || NEVER_TRAILERS.contains(name.toLowerCase(Locale.ROOT))) {
                    trailers.remove(name);
                }
            }
        }
    }

    private static boolean isHopByHop(CharSequence name) {
        // Few fields begin with one of these letters, and the rest need no lower case made of them.
        return switch (name.charAt(0)) {
            case 'c', 'C', 'k', 'K', 't', 'T', 'u', 'U', 'h', 'H' ->
                NAMES.contains(name.toString().toLowerCase(Locale.ROOT));
            case 'p', 'P' ->
                name.length() == 5
                        ? AsciiString.contentEqualsIgnoreCase(name, "proxy")
                        : AsciiString.regionMatches(name, true, 0, "proxy-", 0, 6);
            default -> false;
        };
    }
}
