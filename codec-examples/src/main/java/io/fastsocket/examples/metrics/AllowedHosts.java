package io.fastsocket.examples.metrics;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * By which names a client may ask. A page of somebody else's that a browser of this network shows can have its own name point here (DNS
 * rebinding) and read what comes; the name then gives it away.
 */
final class AllowedHosts {
    private final Set<String> names;

    /** @param names those besides localhost and the address that the client has connected to */
    AllowedHosts(Collection<String> names) {
        this.names = names.stream().map(AllowedHosts::normal).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Whether the value of a Host field may be answered.
     *
     * @param host null: there is none, as in HTTP/1.0; a browser always sends one
     * @param local what the client has connected to
     */
    boolean allow(@Nullable String host, InetSocketAddress local) {
        if (host == null) {
            return true;
        }
        String name = normal(withoutPort(host.strip()));
        if (name.equals("localhost") || names.contains(name)) {
            return true;
        }
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(name);
        return literal != null && isHere(literal, local.getAddress());
    }

    private static boolean isHere(byte[] literal, InetAddress local) {
        try {
            InetAddress asked = InetAddress.getByAddress(literal);
            // An address that is mapped into IPv6 is one of IPv4 here; a scope is not compared.
            return InetAddress.getByAddress(local.getAddress()).equals(asked)
                    || (asked.isLoopbackAddress() && local.isLoopbackAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("neither 4 nor 16 bytes: " + literal.length, e);
        }
    }

    private static String withoutPort(String host) {
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            return end < 0 ? host : host.substring(1, end);
        }
        int colon = host.indexOf(':');
        return colon >= 0 && colon == host.lastIndexOf(':') ? host.substring(0, colon) : host;
    }

    private static String normal(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
