package io.fastsocket.peers.netty42;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;

/** A transport exactly as Netty 4.2 ships it. */
enum Netty42Engine {
    IO_URING(IoUringServerSocketChannel.class) {
        @Override
        void ensureAvailable() {
            IoUring.ensureAvailability();
        }

        @Override
        IoHandlerFactory newHandlers() {
            return IoUringIoHandler.newFactory();
        }
    },
    EPOLL(EpollServerSocketChannel.class) {
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

    Netty42Engine(Class<? extends ServerSocketChannel> channelClass) {
        this.channelClass = channelClass;
    }

    Class<? extends ServerSocketChannel> channelClass() {
        return channelClass;
    }

    /** Throws an {@link UnsatisfiedLinkError} that says why, if this machine cannot run the transport. */
    abstract void ensureAvailable();

    abstract IoHandlerFactory newHandlers();
}
