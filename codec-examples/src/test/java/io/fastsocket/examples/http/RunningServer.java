package io.fastsocket.examples.http;

import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The HTTP server on one engine, on a free port of loopback. */
final class RunningServer implements AutoCloseable {
    private final FastSocketEventLoopGroup group;
    private final HttpServer server;

    private RunningServer(FastSocketEventLoopGroup group, HttpServer server) {
        this.group = group;
        this.server = server;
    }

    static RunningServer start(Engine engine, HttpServerSettings settings) throws IOException {
        return start(engine, settings, 2);
    }

    static RunningServer start(Engine engine, HttpServerSettings settings, int loops) throws IOException {
        FastSocketEventLoopGroup group = null;
        try {
            group = FastSocketEventLoopGroup.builder()
                    .engine(engine)
                    .loops(loops)
                    .build();
        } catch (IllegalStateException e) {
            Assumptions.abort(engine + ": " + e.getMessage());
        }
        ServerBootstrap bootstrap = new ServerBootstrap().group(group).channel(FastSocketServerSocketChannel.class);
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return new RunningServer(group, HttpServer.bind(bootstrap, anyPort, settings));
    }

    HttpServer server() {
        return server;
    }

    int port() {
        return ((InetSocketAddress) server.address()).getPort();
    }

    RawClient client() throws IOException {
        return new RawClient(port());
    }

    @Override
    public void close() throws Exception {
        server.stop(java.time.Duration.ofSeconds(2));
        if (!group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the group did not end within 10 s");
        }
    }
}
