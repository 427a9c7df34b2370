package io.fastsocket.transport.engine;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoop;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Netty's native epoll transport. Needs no guards but {@link EpollChannels}. */
final class EpollEngine implements NativeEngine {
    @Override
    public Engine engine() {
        return Engine.EPOLL;
    }

    @Override
    public Optional<Throwable> unavailabilityCause() {
        return Engines.causeOf(Epoll::unavailabilityCause);
    }

    @Override
    public boolean movesChannels() {
        return true;
    }

    @Override
    public boolean isLoop(EventExecutor loop) {
        return loop instanceof EpollEventLoop;
    }

    @Override
    public EventLoopGroup newLoop(Executor executor) {
        EpollEventLoopGroup group = new EpollEventLoopGroup(1, executor);
        EpollChannels.install(group.next());
        return group;
    }

    @Override
    public ServerSocketChannel newListener() {
        return new EpollServerSocketChannel();
    }

    @Override
    public SocketChannel newSocket() {
        return new EpollSocketChannel();
    }

    @Override
    public Class<? extends SocketChannel> socketChannelClass() {
        return EpollSocketChannel.class;
    }
}
