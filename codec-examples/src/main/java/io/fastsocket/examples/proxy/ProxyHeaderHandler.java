package io.fastsocket.examples.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Takes the header of the PROXY protocol that Netty has decoded, keeps what it says, and leaves the pipeline. */
final class ProxyHeaderHandler extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            ctx.fireChannelRead(message);
            return;
        }
        try {
            if (header.command() == HAProxyCommand.PROXY) {
                InetSocketAddress source = address(header.sourceAddress(), header.sourcePort());
                if (source != null) {
                    InetSocketAddress destination = address(header.destinationAddress(), header.destinationPort());
                    ctx.channel().attr(ProxiedAddresses.KEY).set(new ProxiedAddresses(source, destination));
                }
            }
        } finally {
            header.release();
        }
        ctx.pipeline().remove(this);
    }

    /** Null for what is no address of IP. */
    private static @Nullable InetSocketAddress address(@Nullable String text, int port) {
        byte[] bytes = text == null ? null : NetUtil.createByteArrayFromIpAddressString(text);
        try {
            return bytes == null ? null : new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // Whoever sends no header, or a wrong one, is not the proxy that is to be in front.
        ctx.close();
    }
}
