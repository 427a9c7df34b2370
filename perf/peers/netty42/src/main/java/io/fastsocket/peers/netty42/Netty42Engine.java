package io.fastsocket.peers.netty42;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;

/** A transport exactly as Netty 4.2 ships it. */
enum Netty42Engine {
    IO_URING(IoUringServerSocketChannel.class, IoUringSocketChannel.class) {
        @Override
        void ensureAvailable() {
            IoUring.ensureAvailability();
        }

        @Override
        IoHandlerFactory newHandlers() {
            return IoUringIoHandler.newFactory();
        }
    },
    EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class) {
        @Override
        void ensureAvailable() {
            Epoll.ensureAvailability();
        }

        @Override
        IoHandlerFactory newHandlers() {
            return EpollIoHandler.newFactory();
        }
    };

    private final Class<? extends ServerSocketChannel> channelClass;
    private final Class<? extends SocketChannel> clientChannelClass;

    Netty42Engine(
            Class<? extends ServerSocketChannel> channelClass, Class<? extends SocketChannel> clientChannelClass) {
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

    abstract IoHandlerFactory newHandlers();
}
