package io.fastsocket.examples.upstream;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The event that a PROXY header was read, fired once and before the first byte behind it.
 *
 * @param client the address the connection was opened from; null where the proxy in front speaks for itself, as in a
 *     health check: then the connection's own addresses count
 * @param destination the address it was opened to; null together with the client's
 */
public record ProxiedConnection(@Nullable InetSocketAddress client, @Nullable InetSocketAddress destination) {}
