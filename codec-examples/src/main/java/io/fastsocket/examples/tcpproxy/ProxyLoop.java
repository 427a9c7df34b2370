package io.fastsocket.examples.tcpproxy;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.examples.upstream.UpstreamBalancer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the proxied connections of one event loop share: the balancer, the way to connect, and each other. Used on that
 * loop alone, but for {@link #stats} and {@link #drain}.
 */
final class ProxyLoop {
    private final EventLoop eventLoop;
    private final TcpProxySettings settings;
    private final Bootstrap upstreams;
    private final UpstreamBalancer balancer;
    private final Set<Channel> clients = Collections.newSetFromMap(new IdentityHashMap<>());
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private boolean draining;

    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong active = new AtomicLong();
    private final AtomicLong connected = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong connectFailures = new AtomicLong();
    private final AtomicLong unserved = new AtomicLong();

    ProxyLoop(EventLoop eventLoop, TcpProxySettings settings, Bootstrap upstreams, PeerFaults faults) {
        this.eventLoop = eventLoop;
        this.settings = settings;
        this.upstreams = upstreams.clone(eventLoop).handler(new UpstreamInitializer(this, faults));
        this.balancer = new UpstreamBalancer(settings.upstreams(), System::nanoTime, new SplittableRandom());
    }

    UpstreamBalancer balancer() {
        return balancer;
    }

    /** Counts a client in until it closes; answers false when the loop has as many as it may. */
    boolean admit(Channel client) {
        add(accepted, 1);
        int max = settings.connectionsPerLoopMax();
        if (max > 0 && clients.size() >= max) {
            add(refused, 1);
            return false;
        }
        clients.add(client);
        add(active, 1);
        client.closeFuture().addListener(closed -> {
            clients.remove(client);
            add(active, -1);
            completeIfDrained();
        });
        return true;
    }

    void addIdleTimeout(Channel channel) {
        if (!settings.idleTimeout().isZero()) {
            channel.pipeline()
                    .addLast(new IdleStateHandler(
                            true, 0, 0, settings.idleTimeout().toNanos(), NANOSECONDS));
        }
    }

    /** Opens a connection for a client; the balancer is told how that goes. What listens is called on the loop. */
    Future<Channel> connect(Upstream upstream) {
        balancer.begun(upstream);
        Promise<Channel> connection = eventLoop.newPromise();
        connection.addListener(done -> {
            if (done.isSuccess()) {
                balancer.connectSucceeded(upstream);
                add(connected, 1);
                connection.getNow().closeFuture().addListener(closed -> {
                    balancer.ended(upstream);
                    add(connected, -1);
                });
                return;
            }
            balancer.ended(upstream);
            add(connectFailures, 1);
            balancer.connectFailed(upstream, done.cause());
        });
        // Where no socket could be opened, Netty has no loop to call on but a global one.
        ChannelFuture connecting = upstreams.connect(upstream.address());
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                connection.setSuccess(connecting.channel());
            } else {
                connection.setFailure(done.cause());
            }
        });
        return connection;
    }

    void countRefused() {
        add(refused, 1);
    }

    void countUnserved() {
        add(unserved, 1);
    }

    private static void add(AtomicLong counter, long count) {
        counter.lazySet(counter.get() + count);
    }

    TcpProxyStats stats() {
        return new TcpProxyStats(
                accepted.get(), active.get(), connected.get(), refused.get(), connectFailures.get(), unserved.get());
    }

    CompletableFuture<Void> drain() {
        run(() -> {
            draining = true;
            completeIfDrained();
        });
        return drained;
    }

    private void completeIfDrained() {
        if (draining && clients.isEmpty()) {
            drained.complete(null);
        }
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    /** Those that are there now. */
    List<Channel> clients() {
        return List.copyOf(clients);
    }

    private void run(Runnable task) {
        if (eventLoop.isShuttingDown()) {
            // The loop closes its connections itself.
            drained.complete(null);
        } else {
            eventLoop.execute(task);
        }
    }
}
