package io.fastsocket.examples.proxy;

import io.fastsocket.examples.connections.ReadTurn;
import io.fastsocket.examples.fault.FaultHandler;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.examples.upstream.OffLoopResolver;
import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.examples.upstream.UpstreamBalancer;
import io.fastsocket.examples.upstream.UpstreamPool;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the connections of one event loop share: pool, balancer, settings, and each other. Used on that loop alone. */
final class ProxyLoop {
    private final EventLoop eventLoop;
    private final ProxySettings settings;
    private final @Nullable AccessLog accessLog;
    private final @Nullable Predicate<Channel> isLocal;
    private final PeerFaults faults;
    private final UpstreamPool pool;
    private final UpstreamBalancer balancer;
    private final Set<ClientConnection> connections = Collections.newSetFromMap(new IdentityHashMap<>());
    private final CompletableFuture<Void> empty = new CompletableFuture<>();
    private final long idleNanos;
    private final long headerNanos;
    private final long responseNanos;
    private final long tunnelNanos;
    private final BooleanSupplier lameDuck;
    private boolean draining;

    /** @param lameDuck whether clients are to be told to go */
    ProxyLoop(
            EventLoop eventLoop,
            ProxySettings settings,
            ProxyParts parts,
            OffLoopResolver resolver,
            PeerFaults faults,
            BooleanSupplier lameDuck) {
        this.eventLoop = eventLoop;
        this.lameDuck = lameDuck;
        this.settings = settings;
        this.accessLog = parts.accessLog();
        this.isLocal = parts.isLocal();
        this.faults = faults;
        this.pool = new UpstreamPool(
                eventLoop,
                new Bootstrap()
                        .channelFactory(parts.channels())
                        .resolver(resolver)
                        // A failed write must not take away what the upstream said before it closed.
                        .option(ChannelOption.AUTO_CLOSE, false),
                settings.pool(),
                this::initUpstream,
                isLocal == null ? connection -> true : isLocal);
        this.balancer = new UpstreamBalancer(
                settings.upstreams(), System::nanoTime, new SplittableRandom(), settings.ejection());
        this.idleNanos = settings.timeouts().idle().toNanos();
        this.headerNanos = settings.limits().headerTimeout().toNanos();
        this.responseNanos = settings.timeouts().response().toNanos();
        this.tunnelNanos = settings.timeouts().tunnel().toNanos();
    }

    private void initUpstream(Channel upstream) {
        ReadTurn.bound(upstream);
        AnswerDecoder answers = new AnswerDecoder(
                settings.limits().lineBytesMax(), settings.limits().headerBytesMax());
        upstream.pipeline().addLast(answers, new HttpRequestEncoder(), new UpstreamHandler(answers));
        FaultHandler.addTo(upstream.pipeline(), faults, Side.UPSTREAM);
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    ProxySettings settings() {
        return settings;
    }

    UpstreamPool pool() {
        return pool;
    }

    UpstreamBalancer balancer() {
        return balancer;
    }

    long idleNanos() {
        return idleNanos;
    }

    long headerNanos() {
        return headerNanos;
    }

    long responseNanos() {
        return responseNanos;
    }

    long tunnelNanos() {
        return tunnelNanos;
    }

    /** Whether each response is the last one of its connection. */
    boolean draining() {
        return draining || lameDuck.getAsBoolean();
    }

    /** Those of the clients that are there now, tunnels included. */
    List<Channel> clients() {
        return connections.stream().<Channel>map(ClientConnection::channel).toList();
    }

    void add(ClientConnection connection) {
        connections.add(connection);
    }

    void remove(ClientConnection connection) {
        connections.remove(connection);
        completeIfEmpty();
    }

    /** Closes what is idle and marks the rest to close after its response; done when none is left. */
    CompletableFuture<Void> drain() {
        draining = true;
        // A copy: a connection that closes at once removes itself.
        List.copyOf(connections).forEach(ClientConnection::closeIfIdle);
        completeIfEmpty();
        return empty;
    }

    private void completeIfEmpty() {
        if (draining && connections.isEmpty()) {
            pool.close();
            empty.complete(null);
        }
    }

    /** @param head null: there is none as a whole */
    void logRefusal(ClientConnection client, @Nullable HttpRequest head, Refusal refusal) {
        if (accessLog != null) {
            boolean readable = head != null && head.decoderResult().isSuccess();
            accessLog.offer(new AccessEntry(
                    System.currentTimeMillis(),
                    client.clientAddress(),
                    readable && head != null ? head.method().name() : "-",
                    readable && head != null ? head.uri() : "-",
                    refusal.status().code(),
                    0,
                    0,
                    null,
                    0,
                    false,
                    Locality.of(client.channel(), isLocal)));
        }
    }

    void log(
            ClientConnection client,
            RequestHead request,
            int status,
            long bytesIn,
            long bytesOut,
            @Nullable Upstream upstream,
            boolean reused,
            long nanos) {
        if (accessLog != null) {
            accessLog.offer(new AccessEntry(
                    System.currentTimeMillis(),
                    client.clientAddress(),
                    request.forward().method().name(),
                    request.target(),
                    status,
                    bytesIn,
                    bytesOut,
                    upstream,
                    nanos,
                    reused,
                    Locality.of(client.channel(), isLocal)));
        }
    }
}
