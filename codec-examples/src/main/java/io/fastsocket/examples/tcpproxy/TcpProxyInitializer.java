package io.fastsocket.examples.tcpproxy;

import io.fastsocket.examples.connections.ConnectionGate;
import io.fastsocket.examples.connections.Drain;
import io.fastsocket.examples.connections.ReadTurn;
import io.fastsocket.examples.connections.Reset;
import io.fastsocket.examples.fault.FaultHandler;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.examples.upstream.ProxyProtocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Makes an accepted connection a proxied one. One instance serves every connection of one proxy. */
final class TcpProxyInitializer extends ChannelInitializer<SocketChannel> implements Drain.Connections {
    private final TcpProxySettings settings;
    private final Bootstrap upstreams;
    private final PeerFaults faults = new PeerFaults();
    private final ConnectionGate gate;
    private final Map<EventLoop, ProxyLoop> loops = new ConcurrentHashMap<>();

    TcpProxyInitializer(TcpProxySettings settings, Bootstrap upstreams) {
        this.settings = settings;
        this.gate = new ConnectionGate(settings.connections());
        this.upstreams = upstreams.clone().option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int)
                settings.connectTimeout().toMillis());
    }

    @Override
    protected void initChannel(SocketChannel client) {
        ProxyLoop loop = loops.computeIfAbsent(
                client.eventLoop(), eventLoop -> new ProxyLoop(eventLoop, settings, upstreams, faults));
        if (!loop.admit(client)) {
            Reset.close(client);
            return;
        }
        if (!(settings.headerIn() ? gate.admitBehindProxy(client) : gate.admit(client))) {
            loop.countRefused();
            return;
        }
        ReadTurn.bound(client);
        client.config().setAllowHalfClosure(true);
        // Nothing is read before there is somewhere for it to go, but for a header.
        client.config().setAutoRead(settings.headerIn());
        loop.addIdleTimeout(client);
        if (settings.headerIn()) {
            ProxyProtocol.expectHeader(client.pipeline(), settings.headerTimeout());
            client.pipeline().addLast(gate.addressOfHeader(loop::countRefused));
        }
        client.pipeline().addLast(new Connecting(loop, settings));
        FaultHandler.addTo(client.pipeline(), faults, Side.CLIENT);
    }

    PeerFaults faults() {
        return faults;
    }

    ConnectionGate gate() {
        return gate;
    }

    TcpProxyStats stats() {
        return loops.values().stream()
                .map(ProxyLoop::stats)
                .reduce(new TcpProxyStats(0, 0, 0, 0, 0, 0), TcpProxyStats::plus);
    }

    /** Done when no connection is left; never fails. Close the listener first. */
    @Override
    public CompletionStage<Void> drain() {
        return CompletableFuture.allOf(
                loops.values().stream().map(ProxyLoop::drain).toArray(CompletableFuture[]::new));
    }

    /** Resets every client, and with it its connection to an upstream. */
    @Override
    public CompletionStage<Integer> reset() {
        return Drain.reset(loops.values(), ProxyLoop::eventLoop, ProxyLoop::clients);
    }
}
