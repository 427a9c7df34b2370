package io.fastsocket.examples.http;

import io.fastsocket.examples.connections.ConnectionGate;
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

/**
 * An HTTP/1.1 server that listens.
 *
 * <pre>{@code
 * var group = new FastSocketEventLoopGroup();
 * var bootstrap = new ServerBootstrap().group(group).channel(FastSocketServerSocketChannel.class);
 * try (var server = HttpServer.bind(bootstrap, new InetSocketAddress(8080), HttpServerSettings.DEFAULT)) {
 *     ...
 * }
 * }</pre>
 *
 * <p>Safe for use by any thread but an event loop: both {@link #bind} and {@link #stop} wait.
 */
public final class HttpServer implements AutoCloseable {
    /** Binding is a matter of milliseconds; this long, and it will not end. */
    private static final long BIND_SECONDS_MAX = 10;

    private final Channel listener;
    private final HttpServerInitializer initializer;

    private HttpServer(Channel listener, HttpServerInitializer initializer) {
        this.listener = listener;
        this.initializer = initializer;
    }

    /**
     * Binds and listens.
     *
     * @param bootstrap says on which group and with which channel class; the child handler is set here
     * @param address where to listen; port 0: a free one
     * @throws IOException if the address cannot be bound
     */
    public static HttpServer bind(ServerBootstrap bootstrap, InetSocketAddress address, HttpServerSettings settings)
            throws IOException {
        HttpServerInitializer initializer = new HttpServerInitializer(settings);
        ChannelFuture bound = bootstrap.childHandler(initializer).bind(address);
        bound.awaitUninterruptibly(BIND_SECONDS_MAX, TimeUnit.SECONDS);
        if (!bound.isDone()) {
            throw new IOException("bind " + address + ": not done within " + BIND_SECONDS_MAX + " s");
        }
        if (!bound.isSuccess()) {
            throw new IOException("bind " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new HttpServer(bound.channel(), initializer);
    }

    /** The address and port bound. */
    public SocketAddress address() {
        return listener.localAddress();
    }

    /** Connections that were closed by the fault of their clients. */
    public PeerFaults faults() {
        return initializer.faults();
    }

    /** Refuses connections beyond the settings' limits, and counts that. */
    public ConnectionGate gate() {
        return initializer.gate();
    }

    /** From now on every response tells its client to go elsewhere, and is the last one of its connection. */
    public void lameDuck() {
        initializer.lameDuck();
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
     * Stops in order: no new connections, idle ones are closed, a request that has begun may come in and is answered, and its
     * connection closed then. What is still open after {@code bound} is reset.
     *
     * @param bound how long requests that are being answered may take
     * @param atOnce when done, they may take no longer
     * @return how many connections were reset
     */
    public int stop(Duration bound, CompletionStage<?> atOnce) throws InterruptedException {
        return Drain.run(listener, initializer, bound, atOnce);
    }

    /** {@link #stop} with five seconds, the answer unread. */
    @Override
    public void close() {
        try {
            stop(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
