package io.fastsocket.examples.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.fastsocket.examples.connections.ConnectionGate;
import io.fastsocket.examples.connections.Drain;
import io.fastsocket.examples.connections.ReadTurn;
import io.fastsocket.examples.fault.FaultHandler;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes an accepted connection speak HTTP/1.1: TLS if the settings have it, Netty's decoder and encoder, a timeout, the
 * connection's handler, and a last one for what clients do wrong.
 *
 * <p>One instance serves every connection of one server, on any event loop group and channel class.
 */
public final class HttpServerInitializer extends ChannelInitializer<SocketChannel> implements Drain.Connections {
    private final HttpServerSettings settings;
    private final InstantSource clock;
    private final HttpDecoderConfig decoding;
    private final PeerFaults faults = new PeerFaults();
    private final ConnectionGate gate;
    private final Map<EventLoop, HttpLoop> loops = new ConcurrentHashMap<>();
    private volatile boolean lameDuck;

    /** Answers as the settings say. */
    public HttpServerInitializer(HttpServerSettings settings) {
        this(settings, InstantSource.system());
    }

    HttpServerInitializer(HttpServerSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.gate = new ConnectionGate(settings.connections());
        this.decoding = new HttpDecoderConfig()
                .setMaxInitialLineLength(settings.lineBytesMax())
                .setMaxHeaderSize(settings.headerBytesMax());
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        if (!gate.admit(channel)) {
            return;
        }
        ReadTurn.bound(channel);
        // A client may send its request, shut its side and then read: that must not cut a response off.
        channel.config().setAllowHalfClosure(true);
        HttpLoop loop = loops.computeIfAbsent(
                channel.eventLoop(), eventLoop -> new HttpLoop(eventLoop, settings.text(), clock, () -> lameDuck));
        ChannelPipeline pipeline = channel.pipeline();
        if (settings.tls() != null) {
            pipeline.addLast(settings.tls().newHandler());
        }
        if (!settings.idleTimeout().isZero()) {
            // Reads alone are watched, which costs nothing per write; the handler knows of progress in writing.
            pipeline.addLast(new IdleStateHandler(settings.idleTimeout().toNanos(), 0, 0, NANOSECONDS));
        }
        pipeline.addLast(
                new RequestDecoder(decoding), new ResponseEncoder(), new HttpConnection(loop, settings, channel));
        FaultHandler.addTo(pipeline, faults, Side.CLIENT);
    }

    /** Connections that were closed by the fault of their clients. May be called by any thread. */
    public PeerFaults faults() {
        return faults;
    }

    /** Refuses connections beyond the settings' limits, and counts that. */
    public ConnectionGate gate() {
        return gate;
    }

    /** From now on every response tells its client to go elsewhere, and is the last one of its connection. */
    public void lameDuck() {
        lameDuck = true;
    }

    /**
     * Closes every connection once its request, if it has one, is answered. A connection that arrives later is answered
     * once and closed, so close the listener first. May be called by any thread.
     *
     * @return done when no connection is left; never fails
     */
    @Override
    public CompletionStage<Void> drain() {
        List<CompletableFuture<Void>> drained = new ArrayList<>();
        for (HttpLoop loop : loops.values()) {
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
        return Drain.reset(loops.values(), HttpLoop::eventLoop, HttpLoop::channels);
    }
}
