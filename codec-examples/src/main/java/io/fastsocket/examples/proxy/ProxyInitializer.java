package io.fastsocket.examples.proxy;

import io.fastsocket.examples.connections.ConnectionGate;
import io.fastsocket.examples.connections.Drain;
import io.fastsocket.examples.connections.ReadTurn;
import io.fastsocket.examples.fault.FaultHandler;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.examples.upstream.OffLoopResolver;
import io.fastsocket.examples.upstream.PoolStats;
import io.fastsocket.examples.upstream.ProxyProtocol;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Makes an accepted connection one of the proxy: PROXY protocol, TLS, Netty's codec, the connection's handler. */
final class ProxyInitializer extends ChannelInitializer<SocketChannel> implements Drain.Connections {
    private final ProxySettings settings;
    private final ProxyParts parts;
    private final OffLoopResolver resolver;
    private final PeerFaults faults = new PeerFaults();
    private final ConnectionGate gate;
    private final Map<EventLoop, ProxyLoop> loops = new ConcurrentHashMap<>();
    private volatile boolean lameDuck;

    ProxyInitializer(ProxySettings settings, ProxyParts parts, OffLoopResolver resolver) {
        this.settings = settings;
        this.parts = parts;
        this.resolver = resolver;
        this.gate = new ConnectionGate(settings.limits().connections());
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        if (!(settings.proxyProtocolIn() ? gate.admitBehindProxy(channel) : gate.admit(channel))) {
            return;
        }
        ReadTurn.bound(channel);
        // A client may send its request, shut its side and then read: that must not cut a response off.
        channel.config().setAllowHalfClosure(true).setAutoRead(false);
        ProxyLoop loop = loops.computeIfAbsent(
                channel.eventLoop(),
                eventLoop -> new ProxyLoop(eventLoop, settings, parts, resolver, faults, () -> lameDuck));
        ChannelPipeline pipeline = channel.pipeline();
        if (settings.proxyProtocolIn()) {
            ProxyProtocol.expectHeader(pipeline, settings.limits().headerTimeout());
            pipeline.addLast(gate.addressOfHeader(() -> {}));
        }
        if (parts.tls() != null) {
            pipeline.addLast(parts.tls().newHandler());
        }
        StrictRequestDecoder decoder = new StrictRequestDecoder(
                settings.limits().lineBytesMax(), settings.limits().headerBytesMax());
        ResponseEncoder encoder = new ResponseEncoder();
        pipeline.addLast(decoder, encoder, new ClientConnection(loop, channel, decoder, encoder));
        FaultHandler.addTo(pipeline, faults, Side.CLIENT);
    }

    /** Connections that were closed by the fault of a peer. May be called by any thread. */
    PeerFaults faults() {
        return faults;
    }

    /** What the pool of a loop has done so far. May be called by any thread. */
    PoolStats poolStats(EventLoop eventLoop) {
        ProxyLoop loop = loops.get(eventLoop);
        return loop == null ? PoolStats.NONE : loop.pool().stats();
    }

    ConnectionGate gate() {
        return gate;
    }

    void lameDuck() {
        lameDuck = true;
    }

    /**
     * Closes every connection once its request, if it has one, is answered. May be called by any thread.
     *
     * @return done when no connection is left; never fails
     */
    @Override
    public CompletionStage<Void> drain() {
        List<CompletableFuture<Void>> drained = new ArrayList<>();
        for (ProxyLoop loop : loops.values()) {
            CompletableFuture<Void> empty = new CompletableFuture<>();
            drained.add(empty);
            if (loop.eventLoop().isShuttingDown()) {
                // The loop closes its channels itself.
                empty.complete(null);
            } else {
                loop.eventLoop().execute(() -> loop.drain().thenRun(() -> empty.complete(null)));
            }
        }
        return CompletableFuture.allOf(drained.toArray(CompletableFuture[]::new));
    }

    @Override
    public CompletionStage<Integer> reset() {
        return Drain.reset(loops.values(), ProxyLoop::eventLoop, ProxyLoop::clients);
    }
}
