package io.fastsocket.perf.server;

import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.incubator.channel.uring.IOUring;
import io.netty.incubator.channel.uring.IOUringEventLoopGroup;
import io.netty.incubator.channel.uring.IOUringServerSocketChannel;
import java.net.StandardSocketOptions;

/** A transport exactly as Netty ships it. */
enum StockEngine {
    IO_URING(IOUringServerSocketChannel.class) {
        @Override
        void ensureAvailable() {
            IOUring.ensureAvailability();
        }

        @Override
        EventLoopGroup newGroup(int loops) {
            return new IOUringEventLoopGroup(loops);
        }
    },
    EPOLL(EpollServerSocketChannel.class) {
        @Override
        void ensureAvailable() {
            Epoll.ensureAvailability();
        }

        @Override
        EventLoopGroup newGroup(int loops) {
            return new EpollEventLoopGroup(loops);
        }
    },
    NIO(NioServerSocketChannel.class) {
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

    StockEngine(Class<? extends ServerSocketChannel> channelClass) {
        this.channelClass = channelClass;
    }

    Class<? extends ServerSocketChannel> channelClass() {
        return channelClass;
    }

    /** Throws an {@link UnsatisfiedLinkError} that says why, if this machine cannot run the transport. */
    abstract void ensureAvailable();

    abstract EventLoopGroup newGroup(int loops);

    /** The option that lets several listeners share a port. */
    ChannelOption<Boolean> reusePort() {
        return UnixChannelOption.SO_REUSEPORT;
    }
}
