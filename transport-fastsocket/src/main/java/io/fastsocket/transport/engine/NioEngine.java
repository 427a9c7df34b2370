package io.fastsocket.transport.engine;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.StandardSocketOptions;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The engine that always works: Netty's NIO transport. The JDK keeps its sockets to itself, so it cannot be steered. */
final class NioEngine implements LoopEngine {
    @Override
    public Engine engine() {
        return Engine.NIO;
    }

    @Override
    public Optional<Throwable> unavailabilityCause() {
        return Optional.empty();
    }

    @Override
    public EventLoopGroup newLoop(Executor executor) {
        return new NioEventLoopGroup(1, executor);
    }

    @Override
    public ServerSocketChannel newListener() {
        return new NioServerSocketChannel();
    }

    @Override
    public SocketChannel newSocket() {
        return new NioSocketChannel();
    }

    @Override
    public Class<? extends SocketChannel> socketChannelClass() {
        return NioSocketChannel.class;
    }

    /** Other systems have the option too, but do not spread TCP connections over its members. */
    @Override
    public boolean canReusePort() {
        return LoopEngine.isLinux();
    }

    @Override
    public void reusePort(ServerSocketChannel listener) {
        listener.config().setOption(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
    }
}
