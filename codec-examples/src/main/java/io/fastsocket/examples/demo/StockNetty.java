package io.fastsocket.examples.demo;

import io.fastsocket.transport.engine.Engine;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.incubator.channel.uring.IOUringEventLoopGroup;
import io.netty.incubator.channel.uring.IOUringServerSocketChannel;
import io.netty.incubator.channel.uring.IOUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Netty as it comes: one thread that accepts on one listener, and as many unpinned loops as Netty chooses. */
final class StockNetty implements AutoCloseable {
    private static final long SHUTDOWN_SECONDS = 2;

    private final EventLoopGroup acceptor;
    private final EventLoopGroup workers;
    private final Class<? extends ServerChannel> channelClass;
    private final ChannelFactory<SocketChannel> sockets;

    private StockNetty(
            EventLoopGroup acceptor,
            EventLoopGroup workers,
            Class<? extends ServerChannel> channelClass,
            ChannelFactory<SocketChannel> sockets) {
        this.acceptor = acceptor;
        this.workers = workers;
        this.channelClass = channelClass;
        this.sockets = sockets;
    }

    /** @throws IllegalArgumentException if the engine is {@link Engine#AUTO}, which is none */
    static StockNetty start(Engine engine) {
        // Daemons: a loop of the incubator that hangs at shutdown must not keep the process.
        ThreadFactory threads = new DefaultThreadFactory("stock", true);
        return switch (engine) {
            case IO_URING ->
                new StockNetty(
                        new IOUringEventLoopGroup(1, threads),
                        new IOUringEventLoopGroup(threads),
                        IOUringServerSocketChannel.class,
                        IOUringSocketChannel::new);
            case EPOLL ->
                new StockNetty(
                        new EpollEventLoopGroup(1, threads),
                        new EpollEventLoopGroup(threads),
                        EpollServerSocketChannel.class,
                        EpollSocketChannel::new);
            case NIO ->
                new StockNetty(
                        new NioEventLoopGroup(1, threads),
                        new NioEventLoopGroup(threads),
                        NioServerSocketChannel.class,
                        NioSocketChannel::new);
            case AUTO -> throw new IllegalArgumentException("engine: AUTO (expected: IO_URING, EPOLL or NIO)");
        };
    }

    ServerBootstrap bootstrap() {
        return new ServerBootstrap().group(acceptor, workers).channel(channelClass);
    }

    /** Makes client channels, as they come. */
    ChannelFactory<SocketChannel> sockets() {
        return sockets;
    }

    /** The class of the loops and how many there are, the accepting one left out. */
    String describe() {
        int loops = 0;
        for (var unused : workers) {
            loops++;
        }
        return workers.getClass().getSimpleName() + " with " + loops + " loops";
    }

    @Override
    public void close() {
        acceptor.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
        workers.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    }
}
