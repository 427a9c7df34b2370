package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.nio.NioEventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The engine that always works: Netty's NIO transport. The JDK keeps its sockets to itself, so it cannot be steered. */
final class NioEngine implements LoopEngine {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(NioEngine.class);

    @Override
    public Engine engine() {
        return Engine.NIO;
    }

    @Override
    public Optional<Throwable> unavailabilityCause() {
        return Optional.empty();
    }

    @Override
    public boolean isLoop(EventExecutor loop) {
        return loop instanceof NioEventLoop;
    }

    @Override
    public void closeSocket(Channel ofDeadLoop) {
        if (ofDeadLoop.unsafe() instanceof AbstractNioChannel.NioUnsafe unsafe) {
            try {
                unsafe.ch().close();
            } catch (IOException gone) {
                logger.debug("close failed on {}", ofDeadLoop, gone);
            }
        }
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

    /** The JDK closes the file of a registered channel in the next select, which lies between two scheduled tasks. */
    @Override
    public CompletableFuture<@Nullable Void> closeListener(ServerSocketChannel listener, EventLoop loop) {
        CompletableFuture<@Nullable Void> portFree = new CompletableFuture<>();
        listener.close();
        if (loop.isShuttingDown()) {
            // Its end closes the file; a task might not run any more.
            return CompletableFuture.completedFuture(null);
        }
        afterNextTurn(loop, () -> afterNextTurn(loop, () -> portFree.complete(null)));
        return portFree;
    }

    private static void afterNextTurn(EventLoop loop, Runnable action) {
        try {
            // Cancelled when the loop ends, which closes the file too.
            loop.schedule(() -> {}, 1, TimeUnit.NANOSECONDS).addListener(ranOrCancelled -> action.run());
        } catch (RejectedExecutionException loopEnded) {
            action.run();
        }
    }
}
