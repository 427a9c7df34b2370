package io.fastsocket.examples.upstream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The PROXY protocol, by which a proxy tells the server behind it who the client is: version 2 out, versions 1 and 2 in.
 *
 * <p>Who can connect can write any address into the header: expect one only where all who can connect are trusted.
 */
public final class ProxyProtocol {
    /** The most bytes of extensions (TLV) in a header: 1024. They are skipped. */
    public static final int EXTENSION_BYTES_MAX = 1024;

    private ProxyProtocol() {}

    /**
     * Makes a connection begin with a PROXY header: fires a {@link ProxiedConnection} when it was read, closes the
     * connection when it is malformed, too long, or not there in time. Call it from the channel's initializer, before
     * the handlers that are to see the event.
     *
     * @param timeout from now until the header must be there in full
     */
    public static void expectHeader(ChannelPipeline pipeline, Duration timeout) {
        pipeline.addLast(new HAProxyMessageDecoder(EXTENSION_BYTES_MAX), new ProxyHeaderReader(timeout));
    }

    /**
     * Writes a header of version 2, which is the first thing on the connection. Not flushed. Addresses that are not TCP
     * ones, or not there, make a header that says nothing of a client.
     *
     * @param upstream a connection on whose loop this is called
     * @param client where the proxied connection comes from
     * @param destination where it was opened to
     */
    public static void writeHeader(
            Channel upstream, @Nullable SocketAddress client, @Nullable SocketAddress destination) {
        upstream.pipeline().addFirst(HAProxyMessageEncoder.INSTANCE);
        upstream.write(header(client, destination), upstream.voidPromise());
        upstream.pipeline().remove(HAProxyMessageEncoder.INSTANCE);
    }

    private static HAProxyMessage header(@Nullable SocketAddress client, @Nullable SocketAddress destination) {
        if (!(client instanceof InetSocketAddress from)
                || !(destination instanceof InetSocketAddress to)
                || from.isUnresolved()
                || to.isUnresolved()) {
            return new HAProxyMessage(
                    HAProxyProtocolVersion.V2, HAProxyCommand.LOCAL, HAProxyProxiedProtocol.UNKNOWN, null, null, 0, 0);
        }
        boolean v4 = from.getAddress() instanceof Inet4Address && to.getAddress() instanceof Inet4Address;
        return new HAProxyMessage(
                HAProxyProtocolVersion.V2,
                HAProxyCommand.PROXY,
                v4 ? HAProxyProxiedProtocol.TCP4 : HAProxyProxiedProtocol.TCP6,
                text(from.getAddress(), v4),
                text(to.getAddress(), v4),
                from.getPort(),
                to.getPort());
    }

    /** One family for both addresses: beside an IPv6 one, an IPv4 one is written mapped into IPv6. */
    private static String text(InetAddress address, boolean v4) {
        String text = address.getHostAddress();
        if (address instanceof Inet4Address) {
            return v4 ? text : "::ffff:" + text;
        }
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }
}
