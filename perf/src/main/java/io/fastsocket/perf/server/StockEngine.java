package io.fastsocket.perf.server;

import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.incubator.channel.uring.IOUring;
import io.netty.incubator.channel.uring.IOUringEventLoopGroup;
import io.netty.incubator.channel.uring.IOUringServerSocketChannel;
import io.netty.incubator.channel.uring.IOUringSocketChannel;
import java.net.StandardSocketOptions;

/** A transport exactly as Netty ships it. */
enum StockEngine {
    IO_URING(IOUringServerSocketChannel.class, IOUringSocketChannel.class) {
        @Override
        void ensureAvailable() {
            IOUring.ensureAvailability();
        }

        @Override
        EventLoopGroup newGroup(int loops) {
            return new IOUringEventLoopGroup(loops);
        }
    },
    EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class) {
        @Override
        void ensureAvailable() {
            Epoll.ensureAvailability();
        }

        @Override
        EventLoopGroup newGroup(int loops) {
            return new EpollEventLoopGroup(loops);
        }
    },
    NIO(NioServerSocketChannel.class, NioSocketChannel.class) {
        @Override
        void ensureAvailable() {}

        @Override
        EventLoopGroup newGroup(int loops) {
            return new NioEventLoopGroup(loops);
        }

        @Override
        ChannelOption<Boolean> reusePort() {
            return NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);
        }
    };

    private final Class<? extends ServerSocketChannel> channelClass;
    private final Class<? extends SocketChannel> clientChannelClass;

    StockEngine(Class<? extends ServerSocketChannel> channelClass, Class<? extends SocketChannel> clientChannelClass) {
        this.channelClass = channelClass;
        this.clientChannelClass = clientChannelClass;
    }

    Class<? extends ServerSocketChannel> channelClass() {
        return channelClass;
    }

    /** Of connections that are opened, not accepted. */
    Class<? extends SocketChannel> clientChannelClass() {
        return clientChannelClass;
    }

    /** Throws an {@link UnsatisfiedLinkError} that says why, if this machine cannot run the transport. */
    abstract void ensureAvailable();

    abstract EventLoopGroup newGroup(int loops);

    /** The option that lets several listeners share a port. */
    ChannelOption<Boolean> reusePort() {
        return UnixChannelOption.SO_REUSEPORT;
    }
}
