package io.fastsocket.examples.proxy;

import io.fastsocket.examples.connections.ConnectionGate;
import io.fastsocket.examples.connections.Drain;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.upstream.OffLoopResolver;
import io.fastsocket.examples.upstream.PoolStats;
import io.fastsocket.examples.upstream.Upstream;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP/1.1 reverse proxy that listens.
 *
 * <pre>{@code
 * var group = new FastSocketEventLoopGroup();
 * var bootstrap = new ServerBootstrap().group(group).channel(FastSocketServerSocketChannel.class);
 * var settings = ProxySettings.to(List.of(Upstream.parse("http://10.0.0.2:8080")));
 * var parts = ProxyParts.of(group.socketChannelFactory());
 * try (var proxy = HttpProxy.bind(bootstrap, new InetSocketAddress(80), settings, parts)) {
 *     ...
 * }
 * }</pre>
 *
 * <p>Safe for use by any thread but an event loop: both {@link #bind} and {@link #stop} wait.
 */
public final class HttpProxy implements AutoCloseable {
    /** Binding is a matter of milliseconds; this long, and it will not end. */
    private static final long BIND_SECONDS_MAX = 10;

    /** A look-up of a name waits for the answer, so a slow name server holds up one of these. */
    private static final int LOOKUP_THREADS = 2;

    private final Channel listener;
    private final ProxyInitializer initializer;
    private final ExecutorService lookups;

    private HttpProxy(Channel listener, ProxyInitializer initializer, ExecutorService lookups) {
        this.listener = listener;
        this.initializer = initializer;
        this.lookups = lookups;
    }

    /**
     * Sees that the upstreams' names are known, then binds and listens.
     *
     * @param bootstrap says on which group and with which channel class; the child handler is set here
     * @param address where to listen; port 0: a free one
     * @throws IOException if an upstream's name has no address, or {@code address} cannot be bound
     */
    public static HttpProxy bind(
            ServerBootstrap bootstrap, InetSocketAddress address, ProxySettings settings, ProxyParts parts)
            throws IOException {
        requireKnown(settings);
        ExecutorService lookups = newLookups();
        ProxyInitializer initializer = new ProxyInitializer(settings, parts, new OffLoopResolver(lookups));
        ChannelFuture bound = bootstrap.childHandler(initializer).bind(address);
        bound.awaitUninterruptibly(BIND_SECONDS_MAX, TimeUnit.SECONDS);
        if (bound.isSuccess()) {
            return new HttpProxy(bound.channel(), initializer, lookups);
        }
        lookups.shutdown();
        if (!bound.isDone()) {
            throw new IOException("bind " + address + ": not done within " + BIND_SECONDS_MAX + " s");
        }
        throw new IOException("bind " + address + ": " + bound.cause().getMessage(), bound.cause());
    }

    /** A name that is wrong is wrong from the start; what it stands for is looked up again for each connection. */
    private static void requireKnown(ProxySettings settings) throws IOException {
        for (Upstream upstream : settings.upstreams()) {
            try {
                InetAddress.getByName(upstream.host());
            } catch (UnknownHostException e) {
                throw new UnknownUpstreamException(upstream, e);
            }
        }
    }

    private static ExecutorService newLookups() {
        return Executors.newFixedThreadPool(LOOKUP_THREADS, task -> {
            Thread thread = new Thread(task, "name-lookup");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The address and port bound. */
    public SocketAddress address() {
        return listener.localAddress();
    }

    /** What the pool of upstream connections of a loop has done so far; nothing on a loop that served no client yet. */
    public PoolStats poolStats(EventLoop loop) {
        return initializer.poolStats(loop);
    }

    /** Connections that were closed by the fault of a client or of an upstream. */
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
     * Stops in order: no new connections, idle ones are closed, a request that has begun may come in and is served, and its
     * connection closed then. What is still open after {@code bound}, a tunnel say, is reset.
     *
     * @param bound how long requests that are being served may take
     * @param atOnce when done, they may take no longer
     * @return how many connections of clients were reset
     */
    public int stop(Duration bound, CompletionStage<?> atOnce) throws InterruptedException {
        try {
            return Drain.run(listener, initializer, bound, atOnce);
        } finally {
            lookups.shutdown();
        }
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
