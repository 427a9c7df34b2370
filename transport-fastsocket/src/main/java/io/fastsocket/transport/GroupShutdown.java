package io.fastsocket.transport;

import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.listen.AcceptingLoops;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.channel.Channel;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ends a group: server channels first, so that nothing new comes, then the connections, then the loops. A loop of the
 * io_uring engine cannot end while a connection's close waits for its peer, so transfers are ended too.
 */
final class GroupShutdown {
    private final LoopEngine engine;
    private final List<PinnedLoop> loops;
    private final AcceptingLoops accepting;
    private final Set<Channel> otherChannels = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicInteger loopsRunning;
    private final Promise<Void> terminated = new DefaultPromise<>(GlobalEventExecutor.INSTANCE);

    GroupShutdown(LoopEngine engine, List<PinnedLoop> loops, AcceptingLoops accepting) {
        this.engine = engine;
        this.loops = loops;
        this.accepting = accepting;
        this.loopsRunning = new AtomicInteger(loops.size());
        for (PinnedLoop loop : loops) {
            loop.group().terminationFuture().addListener(ended -> loopEnded());
        }
    }

    private void loopEnded() {
        if (loopsRunning.decrementAndGet() == 0) {
            accepting.forget();
            terminated.trySuccess(null);
        }
    }

    /** Remembers a channel that was not accepted here, until it closes. */
    void track(Channel channel) {
        if (!(channel instanceof FastSocketServerSocketChannel)) {
            otherChannels.add(channel);
            channel.closeFuture().addListener(closed -> otherChannels.remove(channel));
        }
    }

    boolean isStarted() {
        return started.get() || loops.stream().anyMatch(loop -> loop.group().isShuttingDown());
    }

    Future<?> terminated() {
        return terminated;
    }

    Future<?> start(long quietPeriod, long timeout, TimeUnit unit) {
        if (started.compareAndSet(false, true)) {
            List<FastSocketServerSocketChannel> servers = accepting.servers();
            AtomicInteger open = new AtomicInteger(servers.size() + 1);
            Runnable serverClosed = () -> {
                if (open.decrementAndGet() == 0) {
                    endLoops(quietPeriod, timeout, unit);
                }
            };
            for (FastSocketServerSocketChannel server : servers) {
                server.close().addListener(closed -> serverClosed.run());
            }
            serverClosed.run();
        }
        return terminated;
    }

    private void endLoops(long quietPeriod, long timeout, TimeUnit unit) {
        List<Channel> channels = new ArrayList<>(otherChannels);
        for (PinnedLoop loop : loops) {
            channels.addAll(accepting.connections(loop.index()));
        }
        for (PinnedLoop loop : loops) {
            try {
                loop.eventLoop().execute(() -> channels.stream()
                        .filter(channel -> channel.isRegistered() && channel.eventLoop() == loop.eventLoop())
                        .forEach(this::closeNow));
            } catch (RejectedExecutionException alreadyEnded) {
                // Its channels are closed.
            }
            loop.group().shutdownGracefully(quietPeriod, timeout, unit);
        }
    }

    private void closeNow(Channel channel) {
        channel.close();
        if (channel.isOpen()) {
            engine.abortTransfers(channel);
        }
    }
}
