package io.fastsocket.transport.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.PlacementPolicy;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.UnixChannel;
import io.netty.incubator.channel.uring.IOUringDatagramChannel;
import io.netty.incubator.channel.uring.IOUringEventLoop;
import io.netty.incubator.channel.uring.IOUringServerSocketChannel;
import io.netty.incubator.channel.uring.IOUringSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * A file number comes back while completions of its last owner wait in the ring. The order in which the loop finds them is
 * made: a connection with input, then one whose read is in the ring when its failed write closes it. The handler of the first
 * opens something, which gets the number of the second.
 */
@Timeout(60)
class FileNumberTest {
    private static final int SOCKETS = 8;
    private static final int WAIT_MILLIS_MAX = 10_000;

    private final ListAppender<ILoggingEvent> warnings = new ListAppender<>();
    private final Logger incubator = (Logger) LoggerFactory.getLogger(IOUringEventLoop.class);
    private final HeardBytes bytes = new HeardBytes();
    private final BlockingQueue<Object> heard = bytes.queue();
    private final BlockingQueue<Channel> children = new LinkedBlockingQueue<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private IoUringEngine engine;
    private PinnedLoop loop;
    private Channel listener;
    private ServerSocket peer;
    private io.netty.channel.unix.Socket acceptor;
    private final List<Socket> acceptorsClients = new ArrayList<>();

    /** What is opened when the number is free. */
    enum Opened {
        OUTGOING,
        OUTGOING_WITHOUT_THE_GUARD,
        OUTGOING_MADE_BY_ANOTHER_THREAD,
        OUTGOING_AFTER_A_FILE,
        OUTGOING_AFTER_A_SOCKET_OF_NIO,
        ACCEPTED_AND_REGISTERED_AT_ONCE,
        DATAGRAMS
    }

    @BeforeEach
    void begin() throws IOException {
        assumeThat(new IoUringEngine(64, IoUringGuards.ALL_ON).unavailabilityCause())
                .describedAs("io_uring on this machine")
                .isEmpty();
        warnings.start();
        incubator.addAppender(warnings);
        peer = new ServerSocket(0, 2 * SOCKETS, InetAddress.getLoopbackAddress());
        peer.setSoTimeout(WAIT_MILLIS_MAX);
        toClose.add(peer);
        acceptor = io.netty.channel.unix.Socket.newSocketStream();
        toClose.add(acceptor::close);
        acceptor.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        acceptor.listen(SOCKETS);
        for (int i = 0; i < SOCKETS; i++) {
            Socket client = new Socket(
                    InetAddress.getLoopbackAddress(), acceptor.localAddress().getPort());
            acceptorsClients.add(client);
            toClose.add(client);
        }
    }

    @AfterEach
    void end() throws Exception {
        incubator.detachAppender(warnings);
        for (AutoCloseable resource : toClose) {
            resource.close();
        }
        engine.closeChannels(loop.eventLoop()).orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(loop.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS))
                .describedAs("the loop ends")
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void nothingOfTheLastOwnerReachesTheNext(Opened what) throws Exception {
        start(IoUringGuards.ALL_ON);
        List<Integer> numbers = new CopyOnWriteArrayList<>();

        int freed = failAWriteWhileAReadIsInTheRing(() -> open(what, numbers));

        for (int i = 0; i < SOCKETS; i++) {
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(7);
        }
        assertThat(numbers).describedAs("file numbers of what was opened").contains(freed);
        assertThat(heard).isEmpty();
        assertThat(problems()).isEmpty();
    }

    @Test
    void whatTheLastOwnerReadReachesTheNextWithoutTheGuard() throws Exception {
        start(new IoUringGuards(true, true, true, true, true, true, false, true));
        List<Integer> numbers = new CopyOnWriteArrayList<>();

        int freed = failAWriteWhileAReadIsInTheRing(() -> open(Opened.OUTGOING, numbers));

        List<Object> told = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            told.add(heard.poll(10, TimeUnit.SECONDS));
        }
        assertThat(numbers).contains(freed);
        // With assertions the loop tells, without them the channel.
        assertThat(problems().size()
                        + told.stream().filter(Throwable.class::isInstance).count())
                .isPositive();
    }

    /** A request to connect outlives its file number: it would complete, in minutes, as the next channel's. */
    @Test
    void anAttemptThatIsGivenUpLeavesNothingInTheRing() throws Exception {
        start(IoUringGuards.ALL_ON);

        assertThat(giveUpAnAttempt())
                .describedAs("attempts the kernel goes on with")
                .isZero();
    }

    @Test
    void anAttemptThatIsGivenUpGoesOnWithoutTheGuard() throws Exception {
        start(new IoUringGuards(true, true, true, true, true, true, false, true));

        assertThat(giveUpAnAttempt()).isEqualTo(1);
    }

    /** Answers how many attempts to a listener whose queue is full are still going on. */
    private int giveUpAnAttempt() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 2; i++) {
                toClose.add(new Socket(full.getInetAddress(), full.getLocalPort()));
            }
            ChannelFuture attempt = new Bootstrap()
                    .group(loop.eventLoop())
                    .channelFactory(engine::newSocket)
                    .handler(bytes.handler())
                    .connect(full.getLocalSocketAddress());
            awaitAttempts(full.getLocalPort(), 1);

            attempt.channel().close().sync();
            assertThat(attempt.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(attempt.isSuccess()).isFalse();
            // The end of the request is submitted in the turn that closed, at the latest when the loop has nothing to
            // do.
            loop.eventLoop().schedule(() -> {}, 100, TimeUnit.MILLISECONDS).sync();
            return attempts(full.getLocalPort());
        }
    }

    private static void awaitAttempts(int port, int count) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (attempts(port) != count) {
            assertThat(System.nanoTime())
                    .describedAs("an attempt to connect is on its way")
                    .isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /** Sockets in SYN_SENT to a port. */
    private static int attempts(int port) throws IOException {
        String remotePort = String.format(":%04X 02", port);
        int count = 0;
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            count += (int) Files.readAllLines(Path.of(table)).stream()
                    .filter(line -> line.contains(remotePort))
                    .count();
        }
        return count;
    }

    private List<String> problems() {
        return warnings.list.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(event -> event.getMessage()
                        + (event.getThrowableProxy() == null
                                ? ""
                                : ": " + event.getThrowableProxy().getClassName()
                                        + event.getThrowableProxy().getStackTraceElementProxyArray()[0]))
                .toList();
    }

    // ---- opening

    private void open(Opened what, List<Integer> numbers) {
        try {
            switch (what) {
                case OUTGOING -> connect(engine::newSocket, numbers);
                case OUTGOING_WITHOUT_THE_GUARD -> connect(IOUringSocketChannel::new, numbers);
                case OUTGOING_MADE_BY_ANOTHER_THREAD ->
                    connect(
                            () -> CompletableFuture.supplyAsync(engine::newSocket)
                                    .join(),
                            numbers);
                case OUTGOING_AFTER_A_FILE -> {
                    FileChannel.open(Path.of("/proc/self/stat")).close();
                    connect(engine::newSocket, numbers);
                }
                case OUTGOING_AFTER_A_SOCKET_OF_NIO -> {
                    SocketChannel.open().close();
                    connect(engine::newSocket, numbers);
                }
                case ACCEPTED_AND_REGISTERED_AT_ONCE -> accept(numbers);
                case DATAGRAMS -> bindDatagrams(numbers);
            }
        } catch (Exception failed) {
            heard.add(failed);
        }
    }

    private void connect(java.util.function.Supplier<Channel> newSocket, List<Integer> numbers) throws IOException {
        for (int i = 0; i < SOCKETS; i++) {
            new Bootstrap()
                    .group(loop.eventLoop())
                    .channelFactory(() -> counted(newSocket.get(), numbers))
                    .handler(bytes.handler())
                    .connect(peer.getLocalSocketAddress());
        }
        CompletableFuture.runAsync(() -> bytes.sendToAccepted(peer, SOCKETS, toClose));
    }

    /** As an acceptor does that does not know of tasks. */
    private void accept(List<Integer> numbers) throws IOException {
        byte[] address = new byte[25];
        for (int i = 0; i < SOCKETS; i++) {
            int fd = acceptor.accept(address);
            Channel child = counted(
                    IncubatorAccess.newChild(listener, fd, NativeInetAddress.address(address, 1, address[0])), numbers);
            engine.guard(child);
            child.pipeline().addLast(bytes.handler());
            loop.eventLoop().register(child);
        }
        CompletableFuture.runAsync(() -> acceptorsClients.forEach(FileNumberTest.this::writeSeven));
    }

    private void writeSeven(Socket client) {
        try {
            client.getOutputStream().write(7);
        } catch (IOException failed) {
            heard.add(failed);
        }
    }

    private void bindDatagrams(List<Integer> numbers) throws IOException {
        for (int i = 0; i < SOCKETS; i++) {
            new Bootstrap()
                    .group(loop.eventLoop())
                    .channelFactory(() -> counted(new IOUringDatagramChannel(), numbers))
                    .handler(bytes.handler())
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .addListener((ChannelFuture bound) ->
                            CompletableFuture.runAsync(() -> bytes.sendDatagramTo(bound.channel())));
        }
    }

    private static Channel counted(Channel channel, List<Integer> numbers) {
        numbers.add(((UnixChannel) channel).fd().intValue());
        return channel;
    }

    // ---- the turn in which the number comes back

    /** Answers the number of the connection that was closed. */
    private int failAWriteWhileAReadIsInTheRing(Runnable whenItsNumberIsFree) throws Exception {
        int port = listen(whenItsNumberIsFree);
        EventLoop eventLoop = loop.eventLoop();
        Socket reader = new Socket(InetAddress.getLoopbackAddress(), port);
        toClose.add(reader);
        Channel readable = children.poll(10, TimeUnit.SECONDS);
        Socket resetting = new Socket(InetAddress.getLoopbackAddress(), port);
        Channel child = children.poll(10, TimeUnit.SECONDS);
        int number = ((UnixChannel) child).fd().intValue();
        // Both have their polls from here on.
        eventLoop.submit(() -> {}).sync();
        assertThat(readable.isActive()).isTrue();

        AtomicReference<ChannelFuture> write = new AtomicReference<>();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch ready = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        eventLoop.execute(() -> {
            busy.countDown();
            awaitQuietly(ready);
            write.set(child.writeAndFlush(Unpooled.directBuffer().writeByte(1)));
            ((IOUringEventLoop) eventLoop).submitIO();
            written.countDown();
        });
        assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
        reader.getOutputStream().write(1);
        resetting.setSoLinger(true, 0);
        resetting.close();
        ready.countDown();

        assertThat(written.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(write.get().await().cause()).isInstanceOf(IOException.class);
        assertThat(child.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        return number;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void start(IoUringGuards guards) throws Exception {
        engine = new IoUringEngine(256, guards);
        CpuTopology topology = CpuTopology.read();
        loop = LoopStarter.start(engine, PlacementPolicy.onePerCpu().plan(topology, 1), "number", topology.allowed())
                .get(0);
    }

    private int listen(Runnable onRead) throws Exception {
        listener = new ServerBootstrap()
                .group(loop.eventLoop())
                .channel(IOUringServerSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
                        engine.guard((Channel) accepted);
                        ctx.fireChannelRead(accepted);
                    }
                })
                .childHandler(new OnRead(onRead))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private final class OnRead extends ChannelInboundHandlerAdapter {
        private final Runnable action;

        OnRead(Runnable action) {
            this.action = action;
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            children.add(ctx.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ReferenceCountUtil.release(msg);
            action.run();
        }
    }
}
