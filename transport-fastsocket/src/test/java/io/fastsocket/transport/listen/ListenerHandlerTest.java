package io.fastsocket.transport.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopStats;
import io.fastsocket.transport.engine.Engine;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a listener does when accept fails. The errors are given to the pipelines of real listeners, on their loops, as
 * their engines would; what must not be disturbed by time is done in one task of the loop.
 */
@Timeout(60)
class ListenerHandlerTest {
    private static final int RETRIES_MAX = 64;
    private static final int LONGER_THAN_A_PAUSE_MILLIS = 300;

    private final List<Throwable> seenByUser = new CopyOnWriteArrayList<>();
    private FastSocketEventLoopGroup group;
    private FastSocketServerSocketChannel server;

    @AfterEach
    void end() throws Exception {
        assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();
    }

    // ---- who is told, who is not

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void tellsTheHandlersOfTheUserButNotTheAcceptor(Engine engine) throws Exception {
        start(engine, 1, true);
        for (Throwable error : List.of(noFiles(), aborted())) {
            seenByUser.clear();
            onLoop(listener(0), () -> listener(0).pipeline().fireExceptionCaught(error));

            await().atMost(10, TimeUnit.SECONDS).until(() -> seenByUser.contains(error));
            // The acceptor behind the handler would have switched it off by now.
            onLoop(server, () -> assertThat(server.config().isAutoRead()).isTrue());
            assertThat(seenByUser).containsExactly(error);
        }
        assertThat(ask()).isEqualTo('!');
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void pausesTheListenerThatFailedAlone(Engine engine) throws Exception {
        start(engine, 2, true);
        onLoop(listener(0), () -> {
            listener(0).pipeline().fireExceptionCaught(noFiles());
            assertThat(listener(0).config().isAutoRead()).isFalse();
            assertThat(listener(1).config().isAutoRead()).isTrue();
        });

        assertThat(group.loopStats())
                .extracting(loop -> loop.acceptPauses().total())
                .containsExactly(1L, 0L);
        await().atMost(10, TimeUnit.SECONDS).until(() -> listener(0).config().isAutoRead());
        assertThat(server.isActive()).isTrue();
        assertThat(ask()).isEqualTo('!');
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void saysNothingOfAListenerThatCloses(Engine engine) throws Exception {
        start(engine, 1, true);
        ServerSocketChannel listener = listener(0);
        onLoop(listener, () -> {
            server.close();
            listener.pipeline().fireExceptionCaught(noFiles());
        });

        assertThat(sum(LoopStats::acceptErrors)).isZero();
        assertThat(server.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(seenByUser).isEmpty();
    }

    // ---- a pause lasts

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void triesAgainAtOnceButNotForever(Engine engine) throws Exception {
        start(engine, 1, true);
        for (int round = 0; round < 2; round++) {
            onLoop(listener(0), () -> {
                for (int i = 0; i < RETRIES_MAX; i++) {
                    listener(0).pipeline().fireExceptionCaught(aborted());
                    assertThat(listener(0).config().isAutoRead()).isTrue();
                }
            });
            assertThat(sum(loop -> loop.acceptPauses().total())).isZero();
            // A connection that is taken ends the row.
            assertThat(ask()).isEqualTo('!');
        }

        onLoop(listener(0), () -> {
            for (int i = 0; i <= RETRIES_MAX; i++) {
                listener(0).pipeline().fireExceptionCaught(aborted());
            }
            assertThat(listener(0).config().isAutoRead()).isFalse();
        });
        assertThat(sum(loop -> loop.acceptPauses().total())).isEqualTo(1);
        assertThat(sum(LoopStats::acceptErrors)).isEqualTo(3 * RETRIES_MAX + 1);
        assertThat(ask()).isEqualTo('!');
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void anErrorDuringAPauseDoesNotEndIt(Engine engine) throws Exception {
        start(engine, 1, true);
        onLoop(listener(0), () -> {
            listener(0).pipeline().fireExceptionCaught(noFiles());
            // An accept that was on its way.
            listener(0).pipeline().fireExceptionCaught(aborted());
            listener(0).pipeline().fireExceptionCaught(noFiles());
            assertThat(listener(0).config().isAutoRead()).isFalse();
        });

        assertThat(sum(LoopStats::acceptErrors)).isEqualTo(3);
        assertThat(sum(loop -> loop.acceptPauses().total())).isEqualTo(1);
        assertThat(ask()).isEqualTo('!');
    }

    /** Netty reads after every channelReadComplete, and a connection of any listener may cause one. */
    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aReadDuringAPauseWaitsForItsEnd(Engine engine) throws Exception {
        start(engine, 1, true);
        Reads reads = watchReads();
        onLoop(listener(0), () -> {
            listener(0).pipeline().fireExceptionCaught(noFiles());
            server.pipeline().fireChannelReadComplete();
            server.config().setAutoRead(false).setAutoRead(true);
            assertThat(reads.count).hasValue(0);
        });

        await().atMost(10, TimeUnit.SECONDS).until(() -> reads.count.get() > 0);
        assertThat(ask()).isEqualTo('!');
    }

    // ---- auto-read of the server channel

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void autoReadSwitchedOffDuringAPauseStaysOff(Engine engine) throws Exception {
        start(engine, 1, true);
        Reads reads = watchReads();
        onLoop(listener(0), () -> {
            listener(0).pipeline().fireExceptionCaught(noFiles());
            server.config().setAutoRead(false);
        });

        afterThePause();
        assertThat(listener(0).config().isAutoRead()).isFalse();
        assertThat(reads.count).hasValue(0);

        server.config().setAutoRead(true);
        assertThat(ask()).isEqualTo('!');
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aReadOfTheUserThatFailsIsMadeAgain(Engine engine) throws Exception {
        start(engine, 1, false);
        Reads reads = watchReads();
        onLoop(listener(0), () -> {
            server.read();
            listener(0).pipeline().fireExceptionCaught(aborted());
            assertThat(reads.count).hasValue(2);
            listener(0).pipeline().fireExceptionCaught(noFiles());
            assertThat(reads.count).hasValue(2);
        });

        await().atMost(10, TimeUnit.SECONDS).until(() -> reads.count.get() == 3);
        assertThat(ask()).isEqualTo('!');
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aReadOfTheUserThatTookAConnectionIsNotMadeAgain(Engine engine) throws Exception {
        start(engine, 1, false);
        server.read();
        assertThat(ask()).isEqualTo('!');

        Reads reads = watchReads();
        onLoop(listener(0), () -> listener(0).pipeline().fireExceptionCaught(aborted()));
        onLoop(listener(0), () -> listener(0).pipeline().fireExceptionCaught(noFiles()));
        afterThePause();
        assertThat(reads.count).hasValue(0);
        assertThat(listener(0).config().isAutoRead()).isFalse();
    }

    // ---- steps

    private void start(Engine engine, int loops, boolean autoRead) throws InterruptedException {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .placement(PlacementPolicy.none())
                .loops(loops)
                .build();
        server = (FastSocketServerSocketChannel) new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .option(ChannelOption.AUTO_READ, autoRead)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    @SuppressWarnings("deprecation")
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        seenByUser.add(cause);
                        ctx.fireExceptionCaught(cause);
                    }
                })
                .childHandler(new Greet())
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    private ServerSocketChannel listener(int index) {
        List<ServerSocketChannel> listeners = new ArrayList<>();
        server.forEachListener(listeners::add);
        return listeners.get(index);
    }

    /** Counts the reads that reach the engine. */
    private Reads watchReads() {
        Reads reads = new Reads();
        listener(0).pipeline().addFirst(reads);
        return reads;
    }

    private static void onLoop(Channel channel, Runnable task) throws Exception {
        channel.eventLoop().submit(task).get(10, TimeUnit.SECONDS);
    }

    /** A later timer of the same loop. */
    private void afterThePause() throws Exception {
        listener(0)
                .eventLoop()
                .schedule(() -> {}, LONGER_THAN_A_PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                .get(10, TimeUnit.SECONDS);
    }

    private long sum(ToLongFunction<LoopStats> count) {
        return group.loopStats().stream().mapToLong(count).sum();
    }

    private int ask() throws IOException {
        InetSocketAddress address = server.localAddress();
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.setSoTimeout(10_000);
            return client.getInputStream().read();
        }
    }

    private static Throwable noFiles() {
        return new SocketException("Too many open files");
    }

    private static Throwable aborted() {
        return new SocketException("Software caused connection abort");
    }

    private static final class Reads extends ChannelOutboundHandlerAdapter {
        final AtomicInteger count = new AtomicInteger();

        @Override
        public void read(ChannelHandlerContext ctx) {
            count.incrementAndGet();
            ctx.read();
        }
    }

    @ChannelHandler.Sharable
    private static final class Greet extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('!')).addListener(done -> ctx.close());
        }
    }
}
