package io.fastsocket.examples.tcpproxy;

import io.fastsocket.examples.BusyLoop;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFactory;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;

/** The TCP proxy on one engine, on a free port of loopback. */
final class RunningProxy implements AutoCloseable {
    private final FastSocketEventLoopGroup group;
    private final TcpProxy proxy;

    private RunningProxy(FastSocketEventLoopGroup group, TcpProxy proxy) {
        this.group = group;
        this.proxy = proxy;
    }

    static RunningProxy start(Engine engine, int loops, TcpProxySettings settings) throws IOException {
        return start(engine, loops, InetAddress.getLoopbackAddress(), settings);
    }

    static RunningProxy start(Engine engine, int loops, InetAddress address, TcpProxySettings settings)
            throws IOException {
        return start(engine, loops, address, settings, channels -> channels);
    }

    /** @param instead makes the connections to upstreams, given what would have */
    static RunningProxy start(
            Engine engine,
            int loops,
            InetAddress address,
            TcpProxySettings settings,
            UnaryOperator<ChannelFactory<SocketChannel>> instead)
            throws IOException {
        FastSocketEventLoopGroup group = null;
        try {
            group = FastSocketEventLoopGroup.builder()
                    .engine(engine)
                    .loops(loops)
                    .build();
        } catch (IllegalStateException e) {
            Assumptions.abort(engine + ": " + e.getMessage());
        }
        ServerBootstrap clients = new ServerBootstrap().group(group).channel(FastSocketServerSocketChannel.class);
        Bootstrap upstreams = new Bootstrap().channelFactory(instead.apply(group.socketChannelFactory()));
        return new RunningProxy(group, TcpProxy.bind(clients, new InetSocketAddress(address, 0), upstreams, settings));
    }

    TcpProxy proxy() {
        return proxy;
    }

    Socket client() throws IOException {
        InetSocketAddress address = (InetSocketAddress) proxy.address();
        Socket socket = new Socket();
        socket.setSoTimeout(20_000);
        socket.connect(address, 5_000);
        return socket;
    }

    /** Runs something while the loop does nothing: what arrives meanwhile meets it all at once. */
    void whileTheLoopIsBusy(Callable<?> something) throws Exception {
        BusyLoop.run(group.next(), something);
    }

    @Override
    public void close() throws Exception {
        proxy.stop(Duration.ZERO);
        if (!group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the group did not end within 10 s");
        }
    }
}
