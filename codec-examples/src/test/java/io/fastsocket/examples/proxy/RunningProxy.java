package io.fastsocket.examples.proxy;

import io.fastsocket.examples.BusyLoop;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;

/** The proxy on one engine with one loop, on a free port of loopback. */
final class RunningProxy implements AutoCloseable {
    private final FastSocketEventLoopGroup group;
    private final HttpProxy proxy;

    private RunningProxy(FastSocketEventLoopGroup group, HttpProxy proxy) {
        this.group = group;
        this.proxy = proxy;
    }

    static RunningProxy start(Engine engine, ProxySettings settings) throws IOException {
        return start(engine, settings, parts -> parts);
    }

    static RunningProxy start(Engine engine, ProxySettings settings, UnaryOperator<ProxyParts> more)
            throws IOException {
        FastSocketEventLoopGroup group = null;
        try {
            // One loop, so that which connection is used again does not depend on where a client lands.
            group = FastSocketEventLoopGroup.builder().engine(engine).loops(1).build();
        } catch (IllegalStateException e) {
            Assumptions.abort(engine + ": " + e.getMessage());
        }
        ServerBootstrap bootstrap = new ServerBootstrap().group(group).channel(FastSocketServerSocketChannel.class);
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        ProxyParts parts = more.apply(ProxyParts.of(group.socketChannelFactory()));
        return new RunningProxy(group, HttpProxy.bind(bootstrap, anyPort, settings, parts));
    }

    HttpProxy proxy() {
        return proxy;
    }

    int port() {
        return ((InetSocketAddress) proxy.address()).getPort();
    }

    Wire client() throws IOException {
        return Wire.to(port());
    }

    /** Runs something while the loop does nothing: what arrives meanwhile meets it all at once. */
    void whileTheLoopIsBusy(Callable<?> something) throws Exception {
        BusyLoop.run(group.next(), something);
    }

    @Override
    public void close() throws Exception {
        proxy.stop(Duration.ofSeconds(2));
        if (!group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the group did not end within 10 s");
        }
    }
}
