package io.fastsocket.examples.echo;

import io.fastsocket.examples.connections.ConnectionGate;
import io.fastsocket.examples.connections.ConnectionLimits;
import io.fastsocket.examples.connections.Drain;
import io.fastsocket.examples.fault.PeerFaults;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A TCP echo server that listens. Safe for use by any thread but an event loop: bind and stop wait. */
public final class EchoServer {
    /** Binding is a matter of milliseconds; this long, and it will not end. */
    private static final long BIND_SECONDS_MAX = 10;

    private final Channel listener;
    private final EchoServerInitializer initializer;

    private EchoServer(Channel listener, EchoServerInitializer initializer) {
        this.listener = listener;
        this.initializer = initializer;
    }

    /**
     * Binds and listens.
     *
     * @param bootstrap says on which group and with which channel class; the child handler is set here
     * @param address where to listen; port 0: a free one
     * @param idleTimeout a connection on which nothing moves for this long is closed; zero: never
     * @throws IOException if the address cannot be bound
     */
    public static EchoServer bind(ServerBootstrap bootstrap, InetSocketAddress address, Duration idleTimeout)
            throws IOException {
        return bind(bootstrap, address, idleTimeout, ConnectionLimits.NONE);
    }

    /** The same with limits of connections. */
    public static EchoServer bind(
            ServerBootstrap bootstrap, InetSocketAddress address, Duration idleTimeout, ConnectionLimits limits)
            throws IOException {
        EchoServerInitializer initializer = new EchoServerInitializer(idleTimeout, limits);
        ChannelFuture bound = bootstrap.childHandler(initializer).bind(address);
        bound.awaitUninterruptibly(BIND_SECONDS_MAX, TimeUnit.SECONDS);
        if (!bound.isDone()) {
            throw new IOException("bind " + address + ": not done within " + BIND_SECONDS_MAX + " s");
        }
        if (!bound.isSuccess()) {
            throw new IOException("bind " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new EchoServer(bound.channel(), initializer);
    }

    /** The address and port bound. */
    public SocketAddress address() {
        return listener.localAddress();
    }

    /** Connections that were closed by the fault of their clients. */
    public PeerFaults faults() {
        return initializer.faults();
    }

    /** Refuses connections beyond the limits, and counts that. */
    public ConnectionGate gate() {
        return initializer.gate();
    }

    /**
     * Takes no more connections. Those there are go on until they end by themselves; what is still open after the bound is reset.
     *
     * @return whether every connection ended by itself
     */
    public boolean stop(Duration bound) throws InterruptedException {
        return stop(bound, new CompletableFuture<>()) == 0;
    }

    /**
     * The same, and answers how many connections were reset.
     *
     * @param atOnce when done, they may go on no longer
     */
    public int stop(Duration bound, CompletionStage<?> atOnce) throws InterruptedException {
        return Drain.run(listener, initializer, bound, atOnce);
    }
}
