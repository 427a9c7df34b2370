package io.fastsocket.examples.proxy;

import io.netty.channel.Channel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.AttributeKey;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The two ends of a connection that a proxy passes on, as the PROXY protocol tells them.
 *
 * @param source the client
 * @param destination what the client connected to
 */
record ProxiedAddresses(@Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {
    static final AttributeKey<ProxiedAddresses> KEY = AttributeKey.valueOf(ProxiedAddresses.class, "addresses");

    /** Writes a header of version 2 as the first thing on a connection. */
    static void announce(Channel upstream, ProxiedAddresses addresses) {
        upstream.write(addresses.toMessage(), upstream.voidPromise());
    }

    private HAProxyMessage toMessage() {
        HAProxyProxiedProtocol family = family();
        InetSocketAddress from = source;
        InetSocketAddress to = destination;
        if (family == HAProxyProxiedProtocol.UNKNOWN || from == null || to == null) {
            return new HAProxyMessage(
                    HAProxyProtocolVersion.V2, HAProxyCommand.LOCAL, HAProxyProxiedProtocol.UNKNOWN, null, null, 0, 0);
        }
        return new HAProxyMessage(
                HAProxyProtocolVersion.V2,
                HAProxyCommand.PROXY,
                family,
                text(from),
                text(to),
                from.getPort(),
                to.getPort());
    }

    private HAProxyProxiedProtocol family() {
        if (source == null || destination == null) {
            return HAProxyProxiedProtocol.UNKNOWN;
        }
        if (source.getAddress() instanceof Inet4Address && destination.getAddress() instanceof Inet4Address) {
            return HAProxyProxiedProtocol.TCP4;
        }
        return source.getAddress() instanceof Inet6Address && destination.getAddress() instanceof Inet6Address
                ? HAProxyProxiedProtocol.TCP6
                : HAProxyProxiedProtocol.UNKNOWN;
    }

    private static String text(InetSocketAddress address) {
        String text = address.getAddress().getHostAddress();
        int percent = text.indexOf('%');
        return percent < 0 ? text : text.substring(0, percent);
    }
}
