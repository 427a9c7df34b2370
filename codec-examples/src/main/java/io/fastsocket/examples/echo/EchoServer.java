package io.fastsocket.examples.echo;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.fastsocket.examples.fault.PeerFaults;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A TCP echo server that listens. Safe for use by any thread but an event loop: bind and stop wait. */
public final class EchoServer {
    /** Binding is a matter of milliseconds; this long, and it will not end. */
    private static final long BIND_SECONDS_MAX = 10;

    private final Channel listener;
    private final PeerFaults faults;

    private EchoServer(Channel listener, PeerFaults faults) {
        this.listener = listener;
        this.faults = faults;
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
        EchoServerInitializer initializer = new EchoServerInitializer(idleTimeout);
        ChannelFuture bound = bootstrap.childHandler(initializer).bind(address);
        bound.awaitUninterruptibly(BIND_SECONDS_MAX, TimeUnit.SECONDS);
        if (!bound.isDone()) {
            throw new IOException("bind " + address + ": not done within " + BIND_SECONDS_MAX + " s");
        }
        if (!bound.isSuccess()) {
            throw new IOException("bind " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new EchoServer(bound.channel(), initializer.faults());
    }

    /** The address and port bound. */
    public SocketAddress address() {
        return listener.localAddress();
    }

    /** Connections that were closed by the fault of their clients. */
    public PeerFaults faults() {
        return faults;
    }

    /**
     * Takes no more connections. Those there are end with their group.
     *
     * @return whether the listener was closed within the bound
     */
    public boolean stop(Duration bound) throws InterruptedException {
        return listener.close().await(bound.toNanos(), NANOSECONDS);
    }
}
