package io.fastsocket.examples.wire;

import io.fastsocket.examples.proxy.HttpProxy;
import io.fastsocket.examples.proxy.ProxyParts;
import io.fastsocket.examples.proxy.ProxySettings;
import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** This project's proxy: one loop of one engine, and a proxy of its own for each case. */
final class OwnProxy implements AutoCloseable {
    /** More than any case takes on a busy machine. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final FastSocketEventLoopGroup group;

    private OwnProxy(FastSocketEventLoopGroup group) {
        this.group = group;
    }

    static OwnProxy start(Engine engine) {
        FastSocketEventLoopGroup group = null;
        try {
            group = FastSocketEventLoopGroup.builder().engine(engine).loops(1).build();
        } catch (IllegalStateException e) {
            Assumptions.abort(engine + ": " + e.getMessage());
        }
        return new OwnProxy(group);
    }

    void play(WireCase wireCase, Duration patience) throws IOException, InterruptedException {
        OriginPorts origins = OriginPorts.open(wireCase.origins());
        ServerBootstrap bootstrap = new ServerBootstrap().group(group).channel(FastSocketServerSocketChannel.class);
        ProxySettings settings = ProxySettings.to(origins.ports().stream()
                .map(port -> new Upstream("127.0.0.1", port))
                .toList());
        HttpProxy proxy = HttpProxy.bind(
                bootstrap,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                settings,
                ProxyParts.of(group.socketChannelFactory()));
        try (Scene scene = new Scene((InetSocketAddress) proxy.address(), origins.listeners(), patience)) {
            wireCase.play(scene);
        } finally {
            proxy.stop(Duration.ofSeconds(5));
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (!group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the group did not end within 10 s");
        }
    }
}
