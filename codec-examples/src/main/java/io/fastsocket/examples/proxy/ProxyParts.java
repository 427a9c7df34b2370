package io.fastsocket.examples.proxy;

import static java.util.Objects.requireNonNull;

import io.fastsocket.examples.tls.ServerTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.socket.SocketChannel;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link HttpProxy} works with.
 *
 * @param channels makes the connections to upstreams; they are registered with the loop of the client's connection
 * @param tls what clients speak TLS with; null: they do not
 * @param accessLog where a line per request goes; null: nowhere. Whoever made it closes it, after the proxy
 * @param isLocal whether a connection's packets arrive on the CPU of its loop: the pools prefer such connections to upstreams, and
 *     the access log says it of clients; null where that cannot be known
 */
public record ProxyParts(
        ChannelFactory<? extends SocketChannel> channels,
        @Nullable ServerTls tls,
        @Nullable AccessLog accessLog,
        @Nullable Predicate<Channel> isLocal) {

    /** Checks that what must be there is. */
    public ProxyParts {
        requireNonNull(channels, "channels");
    }

    /** No TLS and no access log. */
    public static ProxyParts of(ChannelFactory<? extends SocketChannel> channels) {
        return new ProxyParts(channels, null, null, null);
    }

    /** The same with an access log. */
    public ProxyParts with(AccessLog newAccessLog) {
        return new ProxyParts(channels, tls, newAccessLog, isLocal);
    }

    /** The same on loops that know where packets arrive. */
    public ProxyParts withLocality(Predicate<Channel> newIsLocal) {
        return new ProxyParts(channels, tls, accessLog, newIsLocal);
    }

    /** The same with TLS. */
    public ProxyParts with(ServerTls newTls) {
        return new ProxyParts(channels, newTls, accessLog, isLocal);
    }
}
