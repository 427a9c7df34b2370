package io.fastsocket.perf.load;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for, and where.
 *
 * @param address resolved
 * @param host the host field of the request
 * @param path with the query, from the slash on
 * @param tls whether requests go through TLS
 */
public record Target(InetSocketAddress address, String host, String path, boolean tls) {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    public Target {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("target: address=" + address + " (expected a resolved one)");
        }
        // Both go into the request as they are.
        if (!path.startsWith("/") || (host + path).chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("target: host=" + host + ", path=" + path
                    + " (expected printable ASCII without blanks, and a path that begins with a slash)");
        }
    }

    /**
     * Reads an URL and resolves its host.
     *
     * @throws IllegalArgumentException if it is no URL of http or https, or its host is not known
     */
    public static Target of(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw notUrl(url, e);
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        if (uri.getHost() == null || !(tls || scheme.equals("http"))) {
            throw notUrl(url, null);
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? HTTPS_PORT : HTTP_PORT;
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        try {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(uri.getHost()), port);
            String host = uri.getHost() + (uri.getPort() >= 0 ? ":" + port : "");
            return new Target(address, host, path + query, tls);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("cannot load " + url + ": unknown host: " + uri.getHost(), e);
        }
    }

    private static IllegalArgumentException notUrl(String url, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "cannot load " + url + ": not an URL of http or https, such as" + " http://127.0.0.1:8080/", cause);
    }
}
