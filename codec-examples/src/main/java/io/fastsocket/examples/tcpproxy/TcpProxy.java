package io.fastsocket.examples.tcpproxy;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.fastsocket.examples.connections.ConnectionGate;
import io.fastsocket.examples.connections.Drain;
import io.fastsocket.examples.fault.PeerFaults;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A TCP proxy that listens.
 *
 * <pre>{@code
 * var group = new FastSocketEventLoopGroup();
 * var clients = new ServerBootstrap().group(group).channel(FastSocketServerSocketChannel.class);
 * var upstreams = new Bootstrap().channelFactory(group.socketChannelFactory());
 * var proxy = TcpProxy.bind(clients, new InetSocketAddress(7000), upstreams,
 *         TcpProxySettings.of(List.of(Upstream.parse("10.0.0.1:7000"))));
 * }</pre>
 *
 * <p>Safe for use by any thread but an event loop: both {@link #bind} and {@link #stop} wait.
 */
public final class TcpProxy {
    /** Binding is a matter of milliseconds; this long, and it will not end. */
    private static final long BIND_SECONDS_MAX = 10;

    private final Channel listener;
    private final TcpProxyInitializer initializer;

    private TcpProxy(Channel listener, TcpProxyInitializer initializer) {
        this.listener = listener;
        this.initializer = initializer;
    }

    /**
     * Binds and listens.
     *
     * @param clients says on which group and with which channel class to listen; the child handler is set here
     * @param address where to listen; port 0: a free one
     * @param upstreams says with which channels to connect (a channel factory) and which resolver; it has no group
     * @throws IOException if the address cannot be bound
     */
    public static TcpProxy bind(
            ServerBootstrap clients, InetSocketAddress address, Bootstrap upstreams, TcpProxySettings settings)
            throws IOException {
        TcpProxyInitializer initializer = new TcpProxyInitializer(settings, upstreams);
        ChannelFuture bound = clients.childHandler(initializer).bind(address);
        bound.awaitUninterruptibly(BIND_SECONDS_MAX, SECONDS);
        if (!bound.isDone()) {
            throw new IOException("bind " + address + ": not done within " + BIND_SECONDS_MAX + " s");
        }
        if (!bound.isSuccess()) {
            throw new IOException("bind " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new TcpProxy(bound.channel(), initializer);
    }

    /** The address and port bound. */
    public SocketAddress address() {
        return listener.localAddress();
    }

    /** What was done so far, over all loops. */
    public TcpProxyStats stats() {
        return initializer.stats();
    }

    /** Connections that were closed by the fault of a client or of an upstream. */
    public PeerFaults faults() {
        return initializer.faults();
    }

    /** Refuses connections beyond the settings' limits, and counts that. */
    public ConnectionGate gate() {
        return initializer.gate();
    }

    /**
     * {@link #stop(Duration, CompletionStage)} that goes on for as long as it may.
     *
     * @return whether every connection ended by itself
     */
    public boolean stop(Duration bound) throws InterruptedException {
        return stop(bound, new CompletableFuture<>()) == 0;
    }

    /**
     * Stops in order: no new clients; those there are go on until they end by themselves. What is still open after the
     * bound is reset on both sides.
     *
     * @param atOnce when done, they may go on no longer
     * @return how many clients were reset
     */
    public int stop(Duration bound, CompletionStage<?> atOnce) throws InterruptedException {
        return Drain.run(listener, initializer, bound, atOnce);
    }
}
