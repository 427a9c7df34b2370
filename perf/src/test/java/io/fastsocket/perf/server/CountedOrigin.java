package io.fastsocket.perf.server;

import io.fastsocket.examples.http.HttpServer;
import io.fastsocket.examples.http.HttpServerSettings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The HTTP example as the origin of a proxy, which counts the connections it accepts. */
final class CountedOrigin implements AutoCloseable {
    private final EventLoopGroup group = new NioEventLoopGroup(1);
    private final AtomicInteger accepted = new AtomicInteger();
    private final HttpServer server;

    CountedOrigin() throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object connection) {
                        accepted.incrementAndGet();
                        ctx.fireChannelRead(connection);
                    }
                });
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = HttpServer.bind(bootstrap, anyPort, HttpServerSettings.DEFAULT);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.address();
    }

    int accepted() {
        return accepted.get();
    }

    /** Stops listening and closes every connection. Does nothing the second time. */
    @Override
    public void close() {
        server.close();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
}
