package io.fastsocket.examples.proxy;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Tells the upstream who asked: {@code Forwarded} (RFC 7239) and the older {@code X-Forwarded-*}. */
final class ForwardedFields {
    private static final AsciiString FORWARDED = AsciiString.cached("forwarded");
    private static final AsciiString FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString PROTO = AsciiString.cached("x-forwarded-proto");
    private static final AsciiString HOST = AsciiString.cached("x-forwarded-host");

    private final ForwardedMode mode;
    private final String address;
    private final String node;
    private final String proto;

    /** What is said of every request of one connection. */
    ForwardedFields(ForwardedMode mode, @Nullable InetSocketAddress client, boolean tls) {
        this.mode = mode;
        InetAddress ip = client == null ? null : client.getAddress();
        this.address = ip == null ? "unknown" : withoutScope(ip.getHostAddress());
        this.node = ip instanceof Inet6Address ? "\"[" + address + "]\"" : address;
        this.proto = tls ? "https" : "http";
    }

    private static String withoutScope(String ip) {
        int percent = ip.indexOf('%');
        return percent < 0 ? ip : ip.substring(0, percent);
    }

    /** Adds the fields, or puts them in the place of what the client sent. */
    void addTo(HttpHeaders fields, @Nullable String host) {
        if (mode == ForwardedMode.OFF) {
            return;
        }
        String element = "for=" + node + ";proto=" + proto + (host == null ? "" : ";host=" + token(host));
        put(fields, FORWARDED, element);
        put(fields, FOR, address);
        put(fields, PROTO, proto);
        if (host != null) {
            put(fields, HOST, host);
        } else if (mode == ForwardedMode.REPLACE) {
            fields.remove(HOST);
        }
    }

    private void put(HttpHeaders fields, AsciiString name, String value) {
        if (mode == ForwardedMode.APPEND && fields.contains(name)) {
            fields.set(name, String.join(", ", fields.getAll(name)) + ", " + value);
        } else {
            fields.set(name, value);
        }
    }

    /** A host with a port is no token, so it is quoted. It has no quote or backslash in it: it was checked. */
    private static String token(String host) {
        boolean plain = host.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_');
        return plain ? host : '"' + host + '"';
    }
}
