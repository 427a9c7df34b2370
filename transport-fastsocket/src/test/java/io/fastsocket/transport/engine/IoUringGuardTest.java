package io.fastsocket.transport.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.PlacementPolicy;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.incubator.channel.uring.IOUringEventLoop;
import io.netty.incubator.channel.uring.IOUringServerSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Each guard, with it and without it: a test named {@code ..WithoutTheGuard} shows the defect that the guard prevents, and
 * fails when a new kernel or a new incubator no longer has it.
 */
@SuppressWarnings("deprecation")
@Timeout(60)
class IoUringGuardTest {
    private static final int ANSWER_MILLIS_MAX = 10_000;
    /** How long a defect is watched: an answer takes a tenth of a millisecond. */
    private static final int HANG_MILLIS = 1_000;

    private static final int MEGABYTES_16 = 16 * 1024 * 1024;

    private PinnedLoop loop;
    private IoUringEngine engine;

    @BeforeEach
    void requireIoUring() {
        assumeThat(new IoUringEngine(64, IoUringGuards.ALL_ON).unavailabilityCause())
                .describedAs("io_uring on this machine")
                .isEmpty();
    }

    @AfterEach
    void endLoop() {
        engine.closeChannels(loop.eventLoop()).orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(loop.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS))
                .describedAs("the loop ends")
                .isTrue();
    }

    // ---- one message per read

    @Test
    void answersMessagesOfEverySize() throws Exception {
        int port = listen(IoUringGuards.ALL_ON, new EchoOnReadComplete(), bootstrap -> {});

        for (int size = 1; size <= 4096; size++) {
            assertEchoed(port, size);
        }
    }

    @Test
    void answersMessagesThatFillTheUsersBufferOfEverySize() throws Exception {
        RecvByteBufAllocator[] users = new RecvByteBufAllocator[1];
        int port = listen(
                IoUringGuards.ALL_ON,
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.config().setRecvByteBufAllocator(users[0]);
                        child.pipeline().addLast(new EchoOnReadComplete());
                    }
                },
                bootstrap -> {});

        for (int size = 1; size <= 4096; size++) {
            users[0] = new FixedRecvByteBufAllocator(size).maxMessagesPerRead(16);
            assertEchoed(port, size);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 2048})
    void answersWhateverAllocatorTheUserSets(int size) throws Exception {
        int port = listen(IoUringGuards.ALL_ON, new EchoOnReadComplete(), bootstrap -> bootstrap
                .childOption(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(size))
                .childOption(ChannelOption.MAX_MESSAGES_PER_READ, 16));

        assertEchoed(port, size);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 2048})
    void answersWhateverTheUserChangesLater(int size) throws Exception {
        int port = listen(
                IoUringGuards.ALL_ON,
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(new EchoOnReadComplete() {
                            @Override
                            public void channelActive(ChannelHandlerContext ctx) {
                                ctx.channel()
                                        .config()
                                        .setRecvByteBufAllocator(
                                                new FixedRecvByteBufAllocator(size).maxMessagesPerRead(16));
                                ctx.fireChannelActive();
                            }

                            @Override
                            public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
                                super.channelReadComplete(ctx);
                                ctx.channel().config().setOption(ChannelOption.MAX_MESSAGES_PER_READ, 16);
                                ctx.channel()
                                        .config()
                                        .setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(size, size, size));
                            }
                        });
                    }
                },
                bootstrap -> {});

        try (Socket client = connect(port)) {
            assertEchoed(client, size);
            assertEchoed(client, size);
            assertEchoed(client, size);
        }
    }

    @Test
    void aMessageThatFillsTheBufferHangsWithoutTheGuard() throws Exception {
        int port = listen(
                new IoUringGuards(false, true, true, true, true, true, true, true),
                new EchoOnReadComplete(),
                bootstrap -> {});

        try (Socket client = connect(port)) {
            client.setSoTimeout(HANG_MILLIS);
            client.getOutputStream().write(new byte[2048]);

            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    // ---- bounded close

    @ParameterizedTest
    @ValueSource(ints = {1, 64})
    void closesWithinASecondWhenThePeerReadsNothing(int buffers) throws Exception {
        try (Socket client = connect(listen(IoUringGuards.ALL_ON, new Flood(buffers), bootstrap -> {}))) {
            assertThat(closeFutureOf(Flood.flooding()).await(1, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64})
    void closeHangsWithoutTheGuard(int buffers) throws Exception {
        IoUringGuards guards = new IoUringGuards(true, false, true, true, true, true, true, true);
        Channel server;
        try (Socket client = connect(listen(guards, new Flood(buffers), bootstrap -> {}))) {
            server = Flood.flooding();
            assertThat(closeFutureOf(server).await(HANG_MILLIS)).isFalse();
        }
        // The peer's end, with data unread, resets the connection and so frees it.
        assertThat(server.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
    }

    private static ChannelFuture closeFutureOf(Channel server) {
        return server.close();
    }

    @Test
    void closesWithinASecondWhenAReadIsOutstanding() throws Exception {
        // Without the first guard a second read waits in the kernel; the close must not wait for it.
        BlockingQueue<Channel> children = new ArrayBlockingQueue<>(1);
        int port = listen(
                new IoUringGuards(false, true, true, true, true, true, true, true),
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object msg) {
                        ReferenceCountUtil.release(msg);
                        children.add(ctx.channel());
                    }
                },
                bootstrap -> {});

        try (Socket client = connect(port)) {
            client.getOutputStream().write(new byte[2048]);
            Channel child = children.poll(10, TimeUnit.SECONDS);

            assertThat(child.close().await(1, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void endOfInputClosesWhileTheOtherDirectionIsStuck() throws Exception {
        try (Socket client = connect(listen(IoUringGuards.ALL_ON, new Flood(1), bootstrap -> {}))) {
            Channel server = Flood.flooding();
            client.shutdownOutput();

            assertThat(server.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatWasWrittenJustBeforeTheCloseArrives() throws Exception {
        int size = 8192;
        int port = listen(
                IoUringGuards.ALL_ON,
                new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel child) {
                        child.pipeline().addLast(new OnActive(ctx -> {
                            ctx.writeAndFlush(Unpooled.directBuffer(size).writeZero(size));
                            ctx.close();
                        }));
                    }
                },
                bootstrap -> {});

        for (int i = 0; i < 200; i++) {
            try (Socket client = connect(port)) {
                assertThat(client.getInputStream().readAllBytes()).hasSize(size);
            }
        }
    }

    // ---- held input

    @Test
    void withoutAutoReadAClosingPeersDataWaitsForRead() throws Exception {
        int size = 100_000;
        ReadOnDemand reader = new ReadOnDemand();
        int port = listen(
                IoUringGuards.ALL_ON, reader, bootstrap -> bootstrap.childOption(ChannelOption.AUTO_READ, false));

        try (Socket client = connect(port)) {
            client.getOutputStream().write(new byte[size]);
            client.shutdownOutput();

            Channel child = reader.child.poll(10, TimeUnit.SECONDS);
            int received = 0;
            int reads = 0;
            while (received < size) {
                // Nothing comes that was not asked for: so many reads, so many messages.
                assertThat(reader.received).hasSize(0);
                child.read();
                received += reader.received.poll(10, TimeUnit.SECONDS);
                reads++;
            }
            assertThat(reads).isGreaterThan(1);
            assertThat(received).isEqualTo(size);

            // The connection stayed open for an answer until all was read.
            child.read();
            assertThat(child.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void anAnswerReachesAPeerThatHasEndedItsInputWhileDataWaits() throws Exception {
        ReadOnDemand reader = new ReadOnDemand();
        try (Socket client = closingPeerOf(reader)) {
            Channel child = reader.child.poll(10, TimeUnit.SECONDS);
            child.read();
            assertThat(reader.received.poll(10, TimeUnit.SECONDS)).isPositive();
            child.writeAndFlush(Unpooled.copiedBuffer(new byte[] {42})).sync();

            assertThat(client.getInputStream().read()).isEqualTo(42);
            child.close().sync();
        }
    }

    @Test
    void theEndOfHeldInputClosesWhileTheOtherDirectionIsStuck() throws Exception {
        ReadOnDemand reader = new ReadOnDemand();
        try (Socket client = closingPeerOf(reader)) {
            Channel child = reader.child.poll(10, TimeUnit.SECONDS);
            child.writeAndFlush(Unpooled.directBuffer().writeZero(2 * MEGABYTES_16));
            child.config().setAutoRead(true);

            assertThat(child.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void removingTheGuardGivesHeldInputOutAndForgetsTheChannel() throws Exception {
        ReadOnDemand reader = new ReadOnDemand();
        try (Socket client = closingPeerOf(reader)) {
            Channel child = reader.child.poll(10, TimeUnit.SECONDS);
            child.read();
            int received = reader.received.poll(10, TimeUnit.SECONDS);
            child.eventLoop()
                    .submit(() -> child.pipeline().remove(IoUringGuard.class))
                    .sync();
            while (received < 100_000) {
                received += reader.received.poll(10, TimeUnit.SECONDS);
            }
            child.close().sync();
        }
        // endLoop() waits for every channel that is remembered.
    }

    @Test
    void everyReadThatWasAnsweredIsSaidToBeComplete() throws Exception {
        ReadAgainWhenComplete reader = new ReadAgainWhenComplete();
        int port = listen(IoUringGuards.ALL_ON, reader, bootstrap -> bootstrap
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(1)));
        CountDownLatch sent = new CountDownLatch(1);

        try (Socket client = connect(port)) {
            Channel child = reader.child.poll(10, TimeUnit.SECONDS);
            child.read();
            // Once the loop looks, there is input and its end: it reads on after the first byte, unasked.
            loop.eventLoop().execute(() -> awaitQuietly(sent));
            client.getOutputStream().write(new byte[1000]);
            client.shutdownOutput();
            sent.countDown();

            assertThat(reader.ends.poll(10, TimeUnit.SECONDS)).isEqualTo(ChannelInputShutdownEvent.INSTANCE);
            assertThat(reader.ends.poll(10, TimeUnit.SECONDS)).isEqualTo(ChannelInputShutdownReadComplete.INSTANCE);
            assertThat(reader.receivedBytes).hasValue(1000);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void aClosingPeersDataIsPushedPastTheApplicationWithoutTheGuard() throws Exception {
        ReadOnDemand reader = new ReadOnDemand();
        int port = listen(
                new IoUringGuards(true, true, false, true, true, true, true, true),
                reader,
                bootstrap -> bootstrap.childOption(ChannelOption.AUTO_READ, false));

        try (Socket client = connect(port)) {
            client.getOutputStream().write(new byte[100_000]);
            client.shutdownOutput();
            Channel child = reader.child.poll(10, TimeUnit.SECONDS);

            assertThat(child.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(reader.received.stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(100_000);
        }
    }

    // ---- file regions

    @Test
    void writesFileRegionsInChunks(@TempDir Path directory) throws Exception {
        byte[] content = new byte[3 * FileRegionChunks.CHUNK_BYTES + 17];
        new Random(7).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        int port = listen(
                IoUringGuards.ALL_ON,
                new OnActive(ctx -> {
                    ctx.write(Unpooled.copiedBuffer(new byte[] {1}));
                    ctx.write(new DefaultFileRegion(file.toFile(), 5, content.length - 5));
                    ctx.writeAndFlush(Unpooled.copiedBuffer(new byte[] {2})).addListener(done -> ctx.close());
                }),
                bootstrap -> {});

        try (Socket client = connect(port)) {
            byte[] received = client.getInputStream().readAllBytes();

            assertThat(received).hasSize(content.length - 5 + 2).startsWith(1).endsWith(2);
            assertThat(Arrays.copyOfRange(received, 1, received.length - 1))
                    .isEqualTo(Arrays.copyOfRange(content, 5, content.length));
        }
    }

    @Test
    void aFileThatEndsEarlyFailsTheWrite(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[10]);
        BlockingQueue<Future<?>> writes = new ArrayBlockingQueue<>(1);
        int port = listen(
                IoUringGuards.ALL_ON,
                new OnActive(ctx -> ctx.writeAndFlush(new DefaultFileRegion(file.toFile(), 0, 1000))
                        .addListener(writes::add)),
                bootstrap -> {});

        try (Socket client = connect(port)) {
            Future<?> write = writes.poll(10, TimeUnit.SECONDS);

            assertThat(write.cause()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aClientThatGoesAwayReleasesAFileRegionOnce(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[MEGABYTES_16]);
        FileRegion region = new DefaultFileRegion(file.toFile(), 0, MEGABYTES_16);
        BlockingQueue<ChannelFuture> writes = new ArrayBlockingQueue<>(1);
        int port = listen(
                IoUringGuards.ALL_ON,
                new OnActive(ctx -> writes.add(ctx.writeAndFlush(region.retain()))),
                bootstrap -> {});

        Channel child;
        try (Socket client = connect(port)) {
            assertThat(client.getInputStream().read()).isZero();
            child = writes.poll(10, TimeUnit.SECONDS).channel();
        }

        assertThat(child.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        // The end of the connection is told in a turn of its own.
        loop.eventLoop().submit(() -> {}).sync();
        assertThat(region.refCnt()).isEqualTo(1);
        region.release();
    }

    @Test
    void fileRegionsAreRefusedWithoutTheGuard(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[10]);
        BlockingQueue<Future<?>> writes = new ArrayBlockingQueue<>(1);
        int port = listen(
                new IoUringGuards(true, true, true, false, true, true, true, true),
                new OnActive(ctx -> ctx.writeAndFlush(new DefaultFileRegion(file.toFile(), 0, 10))
                        .addListener(writes::add)),
                bootstrap -> {});

        try (Socket client = connect(port)) {
            assertThat(writes.poll(10, TimeUnit.SECONDS).cause()).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    // ---- a failed write while a read is in the ring

    @Test
    void aFailedWriteReleasesTheBufferOfAReadInTheRing() throws Exception {
        assertThat(bytesLeftAfterAResetDuringAWrite(IoUringGuards.ALL_ON)).isZero();
    }

    @Test
    void aFailedWriteLosesTheBufferOfAReadInTheRingWithoutTheGuard() throws Exception {
        assertThat(bytesLeftAfterAResetDuringAWrite(new IoUringGuards(true, true, true, true, true, false, true, true)))
                .isPositive();
    }

    @Test
    void socketsOpenedInTheTurnOfAFailedWriteGetNothingOfTheOneBefore() throws Exception {
        // One of them gets the number of the old one's file if it is free.
        int sockets = 8;
        // With assertions the incubator's loop tells of it, without them the socket.
        ListAppender<ILoggingEvent> warnings = new ListAppender<>();
        warnings.start();
        Logger incubator = (Logger) LoggerFactory.getLogger(IOUringEventLoop.class);
        incubator.addAppender(warnings);
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        try (ServerSocket server = new ServerSocket(0, sockets, InetAddress.getLoopbackAddress())) {
            Bootstrap next = new Bootstrap()
                    .channelFactory(() -> engine.newSocket())
                    .handler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public boolean isSharable() {
                            return true;
                        }

                        @Override
                        public void channelRead(ChannelHandlerContext ctx, Object msg) {
                            heard.add((int) ((ByteBuf) msg).readByte());
                            ReferenceCountUtil.release(msg);
                        }

                        @Override
                        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                            heard.add(cause);
                        }

                        @Override
                        public void channelInactive(ChannelHandlerContext ctx) {
                            heard.add("inactive");
                        }
                    });
            server.setSoTimeout(ANSWER_MILLIS_MAX);
            Runnable open = () -> {
                for (int i = 0; i < sockets; i++) {
                    next.clone(loop.eventLoop()).connect(server.getLocalSocketAddress());
                }
            };
            // After the deregistration, which is a task of its own.
            resetDuringAWrite(IoUringGuards.ALL_ON, UnpooledByteBufAllocator.DEFAULT, failed -> loop.eventLoop()
                    .execute(() -> loop.eventLoop().execute(open)));
            for (int i = 0; i < sockets; i++) {
                server.accept().getOutputStream().write(7);
            }

            for (int i = 0; i < sockets; i++) {
                assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(7);
            }
        } finally {
            incubator.detachAppender(warnings);
        }
        assertThat(warnings.list).isEmpty();
    }

    private long bytesLeftAfterAResetDuringAWrite(IoUringGuards guards) throws Exception {
        // What is lost on purpose is no leak to be told of.
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        resetDuringAWrite(guards, allocator, failed -> {});
        // The completion of the receive comes at the latest with those of this turn.
        for (int turn = 0; turn < 3; turn++) {
            loop.eventLoop()
                    .submit(() -> ((IOUringEventLoop) loop.eventLoop()).submitIO())
                    .sync();
        }
        CountDownLatch turnEnded = new CountDownLatch(1);
        ((IOUringEventLoop) loop.eventLoop()).executeAfterEventLoopIteration(turnEnded::countDown);
        turnEnded.await();
        return allocator.metric().usedDirectMemory();
    }

    /**
     * The loop finds, in this order, that there is something to read and that a write has failed: the receive is queued when the
     * failure closes the connection.
     */
    private void resetDuringAWrite(
            IoUringGuards guards, UnpooledByteBufAllocator allocator, ChannelFutureListener onFailure)
            throws Exception {
        BlockingQueue<Channel> children = new LinkedBlockingQueue<>();
        int port = listen(
                guards,
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        children.add(ctx.channel());
                    }
                },
                bootstrap -> bootstrap.childOption(ChannelOption.ALLOCATOR, allocator));
        Socket client = connect(port);
        Channel child = children.take();
        // It has its polls from here on.
        loop.eventLoop().submit(() -> {}).sync();
        BlockingQueue<ChannelFuture> writes = new LinkedBlockingQueue<>();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch reset = new CountDownLatch(1);
        loop.eventLoop().execute(() -> {
            busy.countDown();
            try {
                reset.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            writes.add(child.writeAndFlush(Unpooled.directBuffer().writeByte(1)).addListener(onFailure));
            ((IOUringEventLoop) loop.eventLoop()).submitIO();
        });
        busy.await();
        client.setSoLinger(true, 0);
        client.close();
        reset.countDown();

        assertThat(writes.take().await().cause()).isInstanceOf(IOException.class);
        assertThat(child.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
    }

    // ---- what the engine does not carry

    @Test
    void unixSocketsAreRefusedWithAClearError() throws Exception {
        start(IoUringGuards.ALL_ON);

        ChannelFuture connected = new Bootstrap()
                .group(loop.eventLoop())
                .channelFactory(engine::newSocket)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(new DomainSocketAddress("/tmp/none.sock"))
                .await();

        assertThat(connected.cause())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("(expected an InetSocketAddress)")
                .hasMessageContaining("fix: use the epoll engine");
    }

    // ---- the loop's list of connections

    @Test
    void aConnectThatIsCancelledInItsTurnGoesNowhereElse() throws Exception {
        start(IoUringGuards.ALL_ON);
        try (ServerSocket asked = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
                ServerSocket other = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            asked.setSoTimeout(ANSWER_MILLIS_MAX);
            for (int i = 0; i < 50; i++) {
                Channel next = loop.eventLoop()
                        .submit(() -> {
                            registered().connect(asked.getLocalSocketAddress()).cancel(false);
                            // Has its address where the first one's was.
                            Channel second = registered();
                            second.connect(other.getLocalSocketAddress());
                            return second;
                        })
                        .get();

                asked.accept().close();
                other.accept().close();
                next.close().sync();
            }
        }
    }

    private Channel registered() {
        Channel channel = engine.newSocket();
        loop.eventLoop().register(channel);
        return channel;
    }

    @Test
    void theLoopAlsoClosesConnectionsWhoseGuardWasRemoved() throws Exception {
        BlockingQueue<Channel> children = new LinkedBlockingQueue<>();
        int port = listen(
                IoUringGuards.ALL_ON,
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public boolean isSharable() {
                        return true;
                    }

                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        children.add(ctx.channel());
                    }
                },
                bootstrap -> {});
        try (Socket first = connect(port);
                Socket second = connect(port);
                Socket third = connect(port)) {
            List<Channel> accepted = List.of(children.take(), children.take(), children.take());
            accepted.get(1).pipeline().remove(IoUringGuard.NAME);
            accepted.get(0).close().sync();

            engine.closeChannels(loop.eventLoop()).get(10, TimeUnit.SECONDS);

            assertThat(accepted).noneMatch(Channel::isOpen);
            for (Socket client : List.of(first, second, third)) {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    // ---- listeners

    @Test
    void anIdleListenersPortIsFreeWhenItsCloseIsDone() throws Exception {
        start(IoUringGuards.ALL_ON);
        for (int i = 0; i < 20; i++) {
            Channel listener = new ServerBootstrap()
                    .group(loop.eventLoop())
                    .channel(IOUringServerSocketChannel.class)
                    .childHandler(new ChannelInboundHandlerAdapter())
                    .bind("127.0.0.1", 0)
                    .sync()
                    .channel();
            InetSocketAddress address = (InetSocketAddress) listener.localAddress();

            loop.eventLoop()
                    .submit(() -> engine.closeListener(
                            (io.netty.channel.socket.ServerSocketChannel) listener, loop.eventLoop()))
                    .sync()
                    .getNow()
                    .get(10, TimeUnit.SECONDS);

            try (ServerSocket next = new ServerSocket()) {
                next.setReuseAddress(false);
                next.bind(address);
            }
        }
    }

    // ---- the server under test

    private void start(IoUringGuards guards) throws Exception {
        engine = new IoUringEngine(256, guards);
        CpuTopology topology = CpuTopology.read();
        loop = LoopStarter.start(engine, PlacementPolicy.onePerCpu().plan(topology, 1), "guard", topology.allowed())
                .get(0);
    }

    private int listen(IoUringGuards guards, ChannelHandler child, Consumer<ServerBootstrap> options) throws Exception {
        start(guards);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop.eventLoop())
                .channel(IOUringServerSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
                        engine.guard((Channel) accepted);
                        ctx.fireChannelRead(accepted);
                    }
                })
                .childHandler(
                        child instanceof ChannelInitializer
                                ? child
                                : new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel ch) {
                                        ch.pipeline()
                                                .addLast(
                                                        child instanceof EchoOnReadComplete
                                                                ? new EchoOnReadComplete()
                                                                : child);
                                    }
                                });
        options.accept(bootstrap);
        return ((InetSocketAddress)
                        bootstrap.bind("127.0.0.1", 0).sync().channel().localAddress())
                .getPort();
    }

    /** A peer of a server without auto-read, which has sent 100,000 bytes and then ended its output. */
    private Socket closingPeerOf(ReadOnDemand reader) throws Exception {
        Socket client = connect(listen(
                IoUringGuards.ALL_ON, reader, bootstrap -> bootstrap.childOption(ChannelOption.AUTO_READ, false)));
        client.getOutputStream().write(new byte[100_000]);
        client.shutdownOutput();
        return client;
    }

    private static Socket connect(int port) throws IOException {
        Socket client = new Socket("127.0.0.1", port);
        client.setTcpNoDelay(true);
        client.setSoTimeout(ANSWER_MILLIS_MAX);
        return client;
    }

    private static void assertEchoed(int port, int size) throws IOException {
        try (Socket client = connect(port)) {
            assertEchoed(client, size);
        }
    }

    private static void assertEchoed(Socket client, int size) throws IOException {
        byte[] message = new byte[size];
        Arrays.fill(message, (byte) size);
        client.getOutputStream().write(message);
        InputStream in = client.getInputStream();
        assertThat(in.readNBytes(size)).describedAs("echo of %s bytes", size).isEqualTo(message);
    }

    /** Collects, and answers when the read is complete, as most servers do. */
    private static class EchoOnReadComplete extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.write(msg);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
            ctx.flush();
        }
    }

    /** Writes 16 MB, in so many buffers, to a peer that reads none of it. */
    private static final class Flood extends ChannelInboundHandlerAdapter {
        private static final BlockingQueue<Channel> FLOODING = new LinkedBlockingQueue<>();
        private final int buffers;

        Flood(int buffers) {
            this.buffers = buffers;
        }

        static Channel flooding() throws InterruptedException {
            return FLOODING.poll(10, TimeUnit.SECONDS);
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            for (int i = 0; i < buffers; i++) {
                ByteBuf buffer = ctx.alloc().directBuffer(MEGABYTES_16 / buffers);
                ctx.write(buffer.writeZero(buffer.capacity()));
            }
            ctx.flush();
            // Once more around the loop: then the write is in the kernel.
            ctx.executor().schedule(() -> FLOODING.add(ctx.channel()), 50, TimeUnit.MILLISECONDS);
        }
    }

    private static final class ReadOnDemand extends ChannelInboundHandlerAdapter {
        final BlockingQueue<Channel> child = new ArrayBlockingQueue<>(1);
        final BlockingQueue<Integer> received = new LinkedBlockingQueue<>();

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            child.add(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            received.add(((ByteBuf) msg).readableBytes());
            ReferenceCountUtil.release(msg);
        }
    }

    private static final class ReadAgainWhenComplete extends ChannelInboundHandlerAdapter {
        final BlockingQueue<Channel> child = new ArrayBlockingQueue<>(1);
        final BlockingQueue<Object> ends = new LinkedBlockingQueue<>();
        final AtomicInteger receivedBytes = new AtomicInteger();

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            child.add(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            receivedBytes.addAndGet(((ByteBuf) msg).readableBytes());
            ReferenceCountUtil.release(msg);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            ctx.read();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            ends.add(event);
        }
    }

    private static final class OnActive extends ChannelInboundHandlerAdapter {
        private final Consumer<ChannelHandlerContext> action;

        OnActive(Consumer<ChannelHandlerContext> action) {
            this.action = action;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            action.accept(ctx);
        }
    }
}
