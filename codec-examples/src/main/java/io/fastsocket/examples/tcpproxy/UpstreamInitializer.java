package io.fastsocket.examples.tcpproxy;

import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;

/** Prepares a connection to an upstream: half-close is kept, and nothing is read before its client is joined to it. */
final class UpstreamInitializer extends ChannelInitializer<SocketChannel> {
    private final ProxyLoop loop;

    UpstreamInitializer(ProxyLoop loop) {
        this.loop = loop;
    }

    @Override
    protected void initChannel(SocketChannel upstream) {
        upstream.config().setAllowHalfClosure(true);
        upstream.config().setAutoRead(false);
        loop.addIdleTimeout(upstream);
    }
}
