package io.fastsocket.examples.upstream;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server behind a proxy.
 *
 * @param host a host name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record Upstream(String host, int port) {
    private static final String EXPECTED = "HOST:PORT, [IPV6]:PORT or http://HOST:PORT";
    private static final String SCHEME = "http://";
    private static final Pattern HOST_AND_PORT = Pattern.compile("(?:\\[([^\\[\\]]*)]|([^:\\[\\]]*)):([^:]*)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})");
    private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

    /** @throws IllegalArgumentException if the host can be none, or the port is out of its range */
    public Upstream {
        if (!isHost(host)) {
            throw refused("host", host, "a host name, an IPv4 or an IPv6 address", "no host can have this name");
        }
        if (port < 1 || port > 65_535) {
            throw refused("port", Integer.toString(port), "1 to 65535", "it is out of range");
        }
    }

    /**
     * Reads {@code host:port}, {@code [ipv6]:port}, or either after {@code http://} with at most a slash behind it.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static Upstream parse(String text) {
        Matcher parts = HOST_AND_PORT.matcher(withoutScheme(text));
        if (!parts.matches()) {
            throw refused("upstream", text, EXPECTED, "there is no host and port to be seen in it");
        }
        String v6 = parts.group(1);
        String host = v6 != null ? v6 : parts.group(2);
        if (v6 != null && !NetUtil.isValidIpV6Address(v6)) {
            throw refused("upstream", text, EXPECTED, "what the brackets hold is no IPv6 address");
        }
        if (!isHost(host)) {
            throw refused("upstream", text, EXPECTED, "no host can have this name");
        }
        if (parts.group(3).indexOf('/') >= 0) {
            throw refused("upstream", text, EXPECTED, "a path is not for the upstream to say, requests bring theirs");
        }
        if (!PORT.matcher(parts.group(3)).matches()) {
            throw refused("upstream", text, EXPECTED, "the port is no number");
        }
        int port = Integer.parseInt(parts.group(3));
        if (port < 1 || port > 65_535) {
            throw refused("upstream", text, EXPECTED, "the port is not in 1 to 65535");
        }
        return new Upstream(host, port);
    }

    /** Where to connect to: resolved if the host is an address, else left to the bootstrap's resolver. */
    public InetSocketAddress address() {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        if (literal == null) {
            return InetSocketAddress.createUnresolved(host, port);
        }
        try {
            return new InetSocketAddress(InetAddress.getByAddress(literal), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + literal.length + " bytes", e);
        }
    }

    /** {@code host:port}, an IPv6 address in brackets. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }

    private static String withoutScheme(String text) {
        if (text.startsWith("https://")) {
            throw refused("upstream", text, EXPECTED, "upstreams are spoken to without TLS");
        }
        if (!text.startsWith(SCHEME)) {
            return text;
        }
        String rest = text.substring(SCHEME.length());
        return rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    }

    private static boolean isHost(String host) {
        return NetUtil.isValidIpV6Address(host)
                ? host.indexOf('[') < 0
                : NAME.matcher(host).matches();
    }

    private static IllegalArgumentException refused(String name, String value, String expected, String cause) {
        return new IllegalArgumentException("cannot use the upstream: " + name + "=" + value + " (expected " + expected
                + "): " + cause + "; fix: give it as 10.0.0.1:8080, for example");
    }
}
