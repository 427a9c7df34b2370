package io.fastsocket.perf.lab;

import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens short connections from all loops of a group and notes, in the order of their first bytes, which ones are local. */
final class FlowLoad {
    static final int ONE_AT_ALL = 0;

    private static final int CONNECT_TIMEOUT_MILLIS = 20_000;

    private final FastSocketEventLoopGroup group;
    private final InetSocketAddress target;
    private final int connections;
    private final int inFlightPerLoop;
    private final List<EventLoop> loops = new ArrayList<>();
    private final boolean[] local;
    private final long[] atNanos;
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger verified = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final CountDownLatch ended;
    private final Map<String, Integer> failures = new TreeMap<>();

    /**
     * @param inFlightPerLoop connections of each loop at a time; with {@link #ONE_AT_ALL} there is one in all, and the loops take
     *     turns, so that each can use what all before it taught
     */
    FlowLoad(FastSocketEventLoopGroup group, InetSocketAddress target, int connections, int inFlightPerLoop) {
        this.group = group;
        this.target = target;
        this.connections = connections;
        this.inFlightPerLoop = inFlightPerLoop;
        this.local = new boolean[connections];
        this.atNanos = new long[connections];
        this.ended = new CountDownLatch(connections);
        group.forEach(loop -> loops.add((EventLoop) loop));
    }

    void start() {
        if (inFlightPerLoop == ONE_AT_ALL) {
            connect(loops.get(0));
            return;
        }
        for (EventExecutor loop : group) {
            for (int i = 0; i < inFlightPerLoop; i++) {
                loop.execute(() -> connect((EventLoop) loop));
            }
        }
    }

    /** Waits for all connections; false at the deadline. */
    boolean await(long seconds) throws InterruptedException {
        return ended.await(seconds, TimeUnit.SECONDS);
    }

    private void connect(EventLoop loop) {
        if (started.incrementAndGet() > connections) {
            return;
        }
        new Bootstrap()
                .group(loop)
                .channelFactory(group.socketChannelFactory())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .handler(new OneByte())
                .connect(target)
                .addListener((ChannelFutureListener) connected -> {
                    if (!connected.isSuccess()) {
                        failed.incrementAndGet();
                        count(connected.cause());
                    }
                    connected.channel().closeFuture().addListener(closed -> {
                        ended.countDown();
                        connect(inFlightPerLoop == ONE_AT_ALL ? loopAfter(loop) : loop);
                    });
                });
    }

    private EventLoop loopAfter(EventLoop loop) {
        return loops.get((loops.indexOf(loop) + 1) % loops.size());
    }

    private void count(Throwable cause) {
        synchronized (failures) {
            failures.merge(cause.getClass().getSimpleName(), 1, Integer::sum);
        }
    }

    private final class OneByte extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[1]));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf answer) {
            int place = verified.getAndIncrement();
            local[place] = group.isLocal(ctx.channel());
            atNanos[place] = System.nanoTime();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    // ---- what came of it

    int verified() {
        return verified.get();
    }

    int failed() {
        return failed.get();
    }

    Map<String, Integer> failures() {
        synchronized (failures) {
            return Map.copyOf(failures);
        }
    }

    /** The share of local ones among those of {@code from} to {@code to} - 1; NaN for none. */
    double localShare(int from, int to) {
        int hits = 0;
        for (int i = from; i < to; i++) {
            hits += local[i] ? 1 : 0;
        }
        return (double) hits / (to - from);
    }

    /** How many connections from {@code from} on it took until {@code window} in a row were local to the share; -1: never. */
    int settledAfter(int from, int window, double share) {
        for (int i = from; i + window <= verified(); i++) {
            if (local[i] && localShare(i, i + window) >= share) {
                return i - from;
            }
        }
        return -1;
    }

    /** The first one whose first bytes came after a moment. */
    int firstAfter(long nanos) {
        int place = 0;
        while (place < verified() && atNanos[place] - nanos < 0) {
            place++;
        }
        return place;
    }

    long nanosBetween(int first, int second) {
        return atNanos[second] - atNanos[first];
    }
}
