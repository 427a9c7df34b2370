package io.fastsocket.examples.proxy;

import static java.util.Objects.requireNonNull;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link HttpProxy} works with.
 *
 * @param channels makes the connections to upstreams; they are registered with the loop of the client's connection
 * @param tls what clients speak TLS with; null: they do not
 * @param accessLog where a line per request goes; null: nowhere. Whoever made it closes it, after the proxy
 * @param cpuOf the CPU a loop is pinned to, or -1; the access log says by it whether a connection is local
 */
public record ProxyParts(
        ChannelFactory<? extends SocketChannel> channels,
        @Nullable ServerTls tls,
        @Nullable AccessLog accessLog,
        ToIntFunction<EventLoop> cpuOf) {

    /** Checks that what must be there is. */
    public ProxyParts {
        requireNonNull(channels, "channels");
        requireNonNull(cpuOf, "cpuOf");
    }

    /** No TLS and no access log. */
    public static ProxyParts of(ChannelFactory<? extends SocketChannel> channels) {
        return new ProxyParts(channels, null, null, loop -> -1);
    }

    /** The same with an access log. */
    public ProxyParts with(AccessLog newAccessLog, ToIntFunction<EventLoop> newCpuOf) {
        return new ProxyParts(channels, tls, newAccessLog, newCpuOf);
    }

    /** The same with TLS. */
    public ProxyParts with(ServerTls newTls) {
        return new ProxyParts(channels, newTls, accessLog, cpuOf);
    }
}
