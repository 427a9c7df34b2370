package io.fastsocket.examples.tcpproxy;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

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

    /** What it takes to reset every connection once the bound of a stop is over. */
    private static final long RESET_SECONDS_MAX = 2;

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

    /**
     * Stops in order: no new clients; those there are go on until they end by themselves. What is still open after the
     * bound is reset on both sides.
     *
     * @return whether every connection ended by itself within the bound
     */
    public boolean stop(Duration bound) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + bound.toNanos();
        listener.close().await(Math.max(bound.toNanos(), SECONDS.toNanos(RESET_SECONDS_MAX)), NANOSECONDS);
        CompletableFuture<Void> drained = initializer.drain();
        if (isDone(drained, deadlineNanos - System.nanoTime())) {
            return true;
        }
        initializer.resetAll();
        isDone(drained, SECONDS.toNanos(RESET_SECONDS_MAX));
        return false;
    }

    private static boolean isDone(CompletableFuture<Void> drained, long waitNanos) throws InterruptedException {
        try {
            drained.get(waitNanos, NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("drain: " + e.getCause(), e);
        }
    }
}
