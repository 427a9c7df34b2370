package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.engine.Engine;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.incubator.channel.uring.IOUringDatagramChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Channels that leave their loop, and the end of loops that have some. */
@Timeout(60)
class RegistrationTest {
    private static final int WAIT_MILLIS_MAX = 10_000;
    private static final int MEGABYTES_16 = 16 * 1024 * 1024;

    private final List<FastSocketEventLoopGroup> groups = new ArrayList<>();
    private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
    private ServerSocket server;

    /** The ways to register a channel, to another loop than the one it came from, or the same. */
    enum Way {
        BY_THE_LOOP,
        BY_THE_LOOP_WITH_A_PROMISE,
        BY_THE_GROUP,
        BY_THE_GROUP_WITH_A_PROMISE,
        BY_A_LOOP_OF_ANOTHER_GROUP,
        BY_THE_SAME_LOOP;

        ChannelFuture register(Channel channel, RegistrationTest test) {
            FastSocketEventLoopGroup group = test.groups.get(0);
            EventLoop other = test.loopBeside(channel.eventLoop());
            return switch (this) {
                case BY_THE_LOOP -> other.register(channel);
                case BY_THE_LOOP_WITH_A_PROMISE -> other.register(channel.newPromise());
                case BY_THE_GROUP -> group.register(channel);
                case BY_THE_GROUP_WITH_A_PROMISE -> group.register(channel.newPromise());
                case BY_A_LOOP_OF_ANOTHER_GROUP ->
                    test.group(test.groups.get(0).engine(), 1).next().register(channel);
                case BY_THE_SAME_LOOP -> channel.eventLoop().register(channel);
            };
        }
    }

    static Stream<Arguments> movingEngines() {
        return Stream.of(Engine.EPOLL, Engine.NIO)
                .flatMap(engine -> Stream.of(Way.values()).map(way -> Arguments.of(engine, way)));
    }

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server.setSoTimeout(WAIT_MILLIS_MAX);
    }

    @AfterEach
    void end() throws Exception {
        server.close();
        for (FastSocketEventLoopGroup group : groups) {
            assertThat(group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                    .describedAs("the group ends")
                    .isTrue();
        }
    }

    // ---- a second registration

    @ParameterizedTest
    @EnumSource
    void ioUringRefusesASecondRegistrationAndSaysWhatToDo(Way way) throws Exception {
        Channel channel = connect(group(Engine.IO_URING, 2));
        try (Socket peer = accept()) {
            channel.deregister().sync();

            ChannelFuture registered = way.register(channel, this).await();

            assertThat(registered.cause())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("register failed on [id: ")
                    .hasMessageContaining("(expected a channel that was never registered)")
                    .hasMessageContaining("fix: connect again on this loop");
            assertThat(channel.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(channel.isOpen()).isFalse();
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("inactive");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BY_THE_LOOP", "BY_THE_SAME_LOOP"})
    void aRefusedChannelsWritesFail(Way way) throws Exception {
        Channel channel = connect(group(Engine.IO_URING, 2));
        try (Socket peer = accept()) {
            ChannelFuture write = channel.writeAndFlush(Unpooled.directBuffer().writeZero(MEGABYTES_16));
            channel.deregister().sync();

            assertThat(way.register(channel, this).await().isSuccess()).isFalse();

            assertThat(write.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(write.isSuccess()).isFalse();
            assertThat(peer.getPort()).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("movingEngines")
    void otherEnginesMoveChannels(Engine engine, Way way) throws Exception {
        Channel channel = connect(group(engine, 2));
        try (Socket peer = accept()) {
            channel.deregister().sync();

            way.register(channel, this).sync();

            peer.getOutputStream().write(7);
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(7);
            channel.close().sync();
        }
    }

    // ---- the end of the group

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aGroupEndsWithADeregisteredChannel(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = group(engine, 1);
        Channel left = connect(group);
        Channel closed = connect(group);
        left.deregister().sync();
        closed.deregister().sync();
        closed.close().sync();

        assertThat(group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();
        assertThat(group.terminationFuture().isSuccess()).isTrue();
        // On epoll and NIO a channel without a loop stays open, as in stock Netty.
        left.unsafe().closeForcibly();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aGroupEndsWithADeregisteredChannelThatWaitsForInput(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = group(engine, 1);
        Channel left = connect(group);
        try (Socket peer = accept()) {
            left.deregister().sync();
            left.read();

            assertThat(group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(group.terminationFuture().isSuccess()).isTrue();
            assertThat(peer.isConnected()).isTrue();
        }
        left.unsafe().closeForcibly();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aDeregisteredChannelThatWaitsForInputEndsWhenItIsClosed(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = group(engine, 1);
        for (int i = 0; i < 1000; i++) {
            Channel left = connect(group);
            try (Socket peer = accept()) {
                left.deregister().sync();
                left.read();

                left.close().sync();

                assertThat(peer.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void onIoUringADatagramChannelIsClosedWithItsRegistration() throws Exception {
        FastSocketEventLoopGroup group = group(Engine.IO_URING, 2);
        for (int i = 0; i < 100; i++) {
            Channel datagrams = new Bootstrap()
                    .group(group.next())
                    .channel(IOUringDatagramChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .sync()
                    .channel();
            datagrams.deregister().sync();

            assertThat(group.register(datagrams).await().cause()).isInstanceOf(ClosedChannelException.class);
        }
    }

    /** As a framework does that was given the genuine loops: nothing is closed before they end. */
    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aLoopEndsWithTransfersOutstanding(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = group(engine, 1);
        Channel flooding = connect(group);
        Channel deregistered = connect(group);
        try (Socket first = accept();
                Socket second = accept()) {
            ChannelFuture write = flooding.writeAndFlush(Unpooled.directBuffer().writeZero(MEGABYTES_16));
            // Where it stays open, nobody releases this: no leak to be told of.
            deregistered.writeAndFlush(
                    new UnpooledByteBufAllocator(true, true).directBuffer().writeZero(MEGABYTES_16));
            deregistered.deregister().sync();
            // Once more around the loop: then the writes are in the kernel.
            group.next().schedule(() -> {}, 50, TimeUnit.MILLISECONDS).sync();

            assertThat(group.unwrap()
                            .get(0)
                            .shutdownGracefully(0, 1, TimeUnit.SECONDS)
                            .await(20, TimeUnit.SECONDS))
                    .isTrue();
            assertThat(write.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(write.isSuccess()).isFalse();
            assertThat(flooding.isOpen()).isFalse();
            assertThat(List.of(first, second)).allMatch(Socket::isConnected);
        }
        deregistered.unsafe().closeForcibly();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void theTerminationOfALoopThatIsStuckInATaskFailsAndSaysWhere(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = group(engine, 1);
        CountDownLatch released = new CountDownLatch(1);
        group.next().execute(() -> neverReturns(released));

        Future<?> terminated = group.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);

        assertThat(terminated.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(catchThrowable(terminated::sync))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shutdown failed on event loop group: loop=0, thread=")
                .hasMessageContaining("RegistrationTest.neverReturns")
                .hasMessageContaining("fix: do not block an event loop");
        released.countDown();
        assertThat(group.unwrap().get(0).terminationFuture().await(20, TimeUnit.SECONDS))
                .isTrue();
    }

    private static void neverReturns(CountDownLatch released) {
        try {
            assertThat(released.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- channels and loops

    private FastSocketEventLoopGroup group(Engine engine, int loops) {
        FastSocketEventLoopGroup group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .loops(loops)
                .placement(PlacementPolicy.none())
                .build();
        groups.add(group);
        return group;
    }

    private EventLoop loopBeside(EventLoop one) {
        for (EventExecutor loop : groups.get(0)) {
            if (loop != one) {
                return (EventLoop) loop;
            }
        }
        throw new IllegalStateException("a group of two loops");
    }

    private Channel connect(FastSocketEventLoopGroup group) throws InterruptedException {
        return new Bootstrap()
                .group(group)
                .channelFactory(group.socketChannelFactory())
                .handler(new Hears())
                .connect(server.getLocalSocketAddress())
                .sync()
                .channel();
    }

    private Socket accept() throws IOException {
        Socket peer = server.accept();
        peer.setSoTimeout(WAIT_MILLIS_MAX);
        return peer;
    }

    private final class Hears extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            heard.add((int) ((ByteBuf) msg).readByte());
            ReferenceCountUtil.release(msg);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            heard.add("inactive");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            heard.add(cause);
        }
    }
}
