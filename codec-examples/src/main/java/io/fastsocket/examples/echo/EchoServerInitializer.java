package io.fastsocket.examples.echo;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.fastsocket.examples.connections.ConnectionGate;
import io.fastsocket.examples.connections.ConnectionLimits;
import io.fastsocket.examples.connections.Drain;
import io.fastsocket.examples.connections.ReadTurn;
import io.fastsocket.examples.fault.FaultHandler;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Makes an accepted connection send back what it receives. One instance serves every connection of a server. */
public final class EchoServerInitializer extends ChannelInitializer<SocketChannel> implements Drain.Connections {
    private final Duration idleTimeout;
    private final PeerFaults faults = new PeerFaults();
    private final ConnectionGate gate;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

    /** @param idleTimeout a connection on which nothing moves for this long is closed; zero: never */
    public EchoServerInitializer(Duration idleTimeout) {
        this(idleTimeout, ConnectionLimits.NONE);
    }

    /** The same with limits. */
    public EchoServerInitializer(Duration idleTimeout, ConnectionLimits limits) {
        this.idleTimeout = idleTimeout;
        this.gate = new ConnectionGate(limits);
    }

    /** Connections that were closed by the fault of their clients. May be called by any thread. */
    public PeerFaults faults() {
        return faults;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        if (!gate.admit(channel)) {
            return;
        }
        connections.add(channel);
        ReadTurn.bound(channel);
        // The client's end of sending is not the end of the connection: it is still owed what it sent.
        channel.config().setAllowHalfClosure(true);
        if (!idleTimeout.isZero()) {
            channel.pipeline().addLast(new IdleStateHandler(true, 0, 0, idleTimeout.toNanos(), NANOSECONDS));
        }
        channel.pipeline().addLast(new EchoHandler());
        FaultHandler.addTo(channel.pipeline(), faults, Side.CLIENT);
    }

    ConnectionGate gate() {
        return gate;
    }

    @Override
    public CompletionStage<Void> drain() {
        CompletableFuture<Void> empty = new CompletableFuture<>();
        connections.newCloseFuture().addListener(closed -> empty.complete(null));
        return empty;
    }

    @Override
    public CompletionStage<Integer> reset() {
        List<Channel> left = List.copyOf(connections);
        return Drain.reset(left, Channel::eventLoop, List::of);
    }
}
