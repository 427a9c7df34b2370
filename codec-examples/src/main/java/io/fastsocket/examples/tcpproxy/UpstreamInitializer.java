package io.fastsocket.examples.tcpproxy;

import io.fastsocket.examples.connections.ReadTurn;
import io.fastsocket.examples.fault.FaultHandler;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;

/** Prepares a connection to an upstream: half-close is kept, and nothing is read before its client is joined to it. */
final class UpstreamInitializer extends ChannelInitializer<SocketChannel> {
    private final ProxyLoop loop;
    private final PeerFaults faults;

    UpstreamInitializer(ProxyLoop loop, PeerFaults faults) {
        this.loop = loop;
        this.faults = faults;
    }

    @Override
    protected void initChannel(SocketChannel upstream) {
        ReadTurn.bound(upstream);
        upstream.config().setAllowHalfClosure(true);
        upstream.config().setAutoRead(false);
        loop.addIdleTimeout(upstream);
        FaultHandler.addTo(upstream.pipeline(), faults, Side.UPSTREAM);
    }
}
