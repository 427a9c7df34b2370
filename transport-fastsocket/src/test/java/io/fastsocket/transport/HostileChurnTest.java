package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connections of one loop that end in every way there is, each of which opens the next one within the turn that ended it: file numbers
 * come back at once, to outgoing and accepted connections, past files and sockets of others. Each connection gets its own bytes alone.
 */
@Timeout(120)
class HostileChurnTest {
    private static final int CONNECTIONS = 20_000;
    private static final int BYTES_MAX = 8_000;
    private static final int PART_BYTES = 1_000;
    private static final int RING_SMALL = 256;
    private static final int RING_ROOMY = 4096;

    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(CONNECTIONS);
    private final NioEventLoopGroup foreign = new NioEventLoopGroup(1);
    private FastSocketEventLoopGroup group;
    private SplittableRandom random;
    private List<SocketAddress> answering;
    private SocketAddress refusing;
    private SocketAddress silent;
    private final List<Channel> victims = new ArrayList<>();
    private int opened;
    private int due;
    private int open;

    /** What the peer does, told by the first byte it gets. */
    private enum Deed {
        ECHO,
        RESET,
        CLOSE,
        END_OUTPUT
    }

    /** What the loop's own side does. */
    private enum Own {
        READ_ALL,
        CLOSE_EARLY,
        END_OUTPUT,
        CLOSED_BY_ANOTHER,
        CLOSE_WHILE_CONNECTING,
        CONNECT_TO_NOBODY,
        CONNECT_IN_VAIN
    }

    static Stream<Arguments> all() {
        return Stream.of(
                Arguments.of(Engine.IO_URING, RING_ROOMY, 300, 1L),
                Arguments.of(Engine.IO_URING, RING_ROOMY, 300, 2L),
                Arguments.of(Engine.IO_URING, RING_SMALL, 300, 3L),
                Arguments.of(Engine.EPOLL, RING_ROOMY, 300, 4L),
                Arguments.of(Engine.NIO, RING_ROOMY, 300, 5L));
    }

    @BeforeEach
    void listen() throws IOException {
        ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        toClose.add(full);
        for (int i = 0; i < 2; i++) {
            toClose.add(new Socket(full.getInetAddress(), full.getLocalPort()));
        }
        silent = full.getLocalSocketAddress();
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            refusing = closed.getLocalSocketAddress();
        }
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable resource : toClose) {
            resource.close();
        }
        foreign.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
        assertThat(group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .describedAs("the loop ends")
                .isTrue();
    }

    @ParameterizedTest(name = "{0}, ring of {1}, {2} at once, seed {3}")
    @MethodSource("all")
    void eachConnectionGetsItsOwnBytesAlone(Engine engine, int ringSize, int atOnce, long seed) throws Exception {
        random = new SplittableRandom(seed);
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .ringSize(ringSize)
                .loops(1)
                .build();
        answering = List.of(
                bind(new ServerBootstrap().group(group).channel(FastSocketServerSocketChannel.class)),
                bind(new ServerBootstrap().group(foreign).channel(NioServerSocketChannel.class)));
        try (LoggedLines lines = LoggedLines.ofAll()) {
            group.next().execute(() -> {
                due = atOnce;
                openThoseDue();
            });

            assertThat(ended.await(100, TimeUnit.SECONDS))
                    .describedAs("all end; left: " + ended.getCount())
                    .isTrue();
            assertThat(problems).isEmpty();
            assertThat(lines.lines()).allMatch(line -> isForWantOfRoom(ringSize, line));
        }
    }

    private SocketAddress bind(ServerBootstrap bootstrap) throws InterruptedException {
        return bootstrap
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Peer());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel()
                .localAddress();
    }

    /** On the loop, in the midst of the turn in which others ended. */
    private void openThoseDue() {
        for (; due > 0 && opened < CONNECTIONS; due--) {
            openNext();
        }
    }

    private void closeAnother() {
        if (!victims.isEmpty()) {
            Channel last = victims.remove(victims.size() - 1);
            int at = random.nextInt(victims.size() + 1);
            (at < victims.size() ? victims.set(at, last) : last).close();
        }
    }

    private void openNext() {
        opened++;
        open++;
        openSomethingElse();
        Own own = Own.values()[random.nextInt(Own.values().length)];
        Client client = new Client(opened, own, Deed.values()[random.nextInt(Deed.values().length)]);
        SocketAddress remote =
                switch (own) {
                    case CONNECT_TO_NOBODY -> refusing;
                    case CONNECT_IN_VAIN -> silent;
                    default -> answering.get(random.nextInt(answering.size()));
                };
        ChannelFuture connecting = new Bootstrap()
                .group(group)
                .channelFactory(group.socketChannelFactory())
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, own == Own.CONNECT_IN_VAIN ? 20 : 60_000)
                .handler(client)
                .connect(remote);
        connecting.addListener(done -> client.connected(connecting));
        if (own == Own.CLOSE_WHILE_CONNECTING) {
            connecting.channel().close();
        }
    }

    /** Netty's word for an accepted connection that a ring which overflows does not take in. */
    private static boolean isForWantOfRoom(int ringSize, String line) {
        return ringSize == RING_SMALL && line.startsWith("Failed to register an accepted channel");
    }

    /** Takes numbers and gives them back past the loop. */
    private void openSomethingElse() {
        try {
            switch (random.nextInt(8)) {
                case 0 -> FileChannel.open(Path.of("/proc/self/stat")).close();
                case 1 -> DatagramChannel.open().close();
                case 2 -> toClose.add(FileChannel.open(Path.of("/proc/self/stat")));
                default -> {}
            }
        } catch (IOException failed) {
            problems.add("open: " + failed);
        }
    }

    private static byte byteOf(int connection, int at) {
        return (byte) (connection * 31 + at * (connection | 1));
    }

    /** One connection of the loop, and what must come of it. */
    private final class Client extends ChannelInboundHandlerAdapter {
        private final int connection;
        private final Own own;
        private final Deed deed;
        private final int bytes = 1 + random.nextInt(BYTES_MAX);
        private int got;

        Client(int connection, Own own, Deed deed) {
            this.connection = connection;
            this.own = own;
            this.deed = deed;
        }

        void connected(ChannelFuture connecting) {
            boolean mayFail =
                    own == Own.CONNECT_TO_NOBODY || own == Own.CONNECT_IN_VAIN || own == Own.CLOSE_WHILE_CONNECTING;
            if (connecting.isSuccess()) {
                connecting.channel().closeFuture().addListener(closed -> ended());
                return;
            }
            if (!mayFail && !isForWantOfRoom(connecting.cause())) {
                problems.add(this + ": " + connecting.cause());
            }
            ended();
        }

        /** A ring that overflows takes no connection in: said, and done in order. */
        private boolean isForWantOfRoom(Throwable cause) {
            return cause instanceof IllegalStateException && cause.getMessage().contains("expected room in its ring");
        }

        private void ended() {
            boolean all = own == Own.READ_ALL || own == Own.END_OUTPUT;
            if (all && deed == Deed.ECHO && got > 0 && got < bytes) {
                problems.add(this + ": ended after " + got);
            }
            ended.countDown();
            open--;
            due++;
            // Most of them when the next one is read, which is between what the ring, or epoll, has told of.
            if (open < due || random.nextInt(4) == 0) {
                openThoseDue();
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (own == Own.CLOSED_BY_ANOTHER) {
                victims.add(ctx.channel());
            }
            byte[] stream = new byte[bytes];
            for (int i = 0; i < bytes; i++) {
                stream[i] = byteOf(connection, i);
            }
            ctx.write(ctx.alloc().directBuffer(1).writeByte(deed.ordinal()));
            sayAll(ctx, Unpooled.wrappedBuffer(stream));
        }

        /** Part by part: some fail, while a read is outstanding. */
        private void sayAll(ChannelHandlerContext ctx, ByteBuf left) {
            if (left.readableBytes() > PART_BYTES) {
                ctx.writeAndFlush(left.readRetainedSlice(PART_BYTES)).addListener(said -> {
                    if (said.isSuccess()) {
                        sayAll(ctx, left);
                    }
                });
                return;
            }
            ctx.writeAndFlush(left);
            if (own == Own.END_OUTPUT) {
                ((DuplexChannel) ctx.channel()).shutdownOutput();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            byte[] echoed = ByteBufUtil.getBytes((ByteBuf) msg);
            ReferenceCountUtil.release(msg);
            closeAnother();
            openThoseDue();
            for (byte next : echoed) {
                if (got >= bytes || next != byteOf(connection, got)) {
                    problems.add(this + ": byte " + got + " is of another");
                    ctx.close();
                    break;
                }
                got++;
            }
            if (got == bytes || own == Own.CLOSE_EARLY) {
                ctx.close();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ctx.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof IOException)) {
                problems.add(this + ": " + cause);
            }
            ctx.close();
        }

        @Override
        public String toString() {
            return "connection " + connection + " to " + deed + ", " + own + ", " + bytes + " bytes";
        }
    }

    private final class Peer extends ChannelInboundHandlerAdapter {
        private Deed deed;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ByteBuf said = (ByteBuf) msg;
            if (deed == null) {
                deed = Deed.values()[said.readByte()];
            }
            switch (deed) {
                case ECHO, END_OUTPUT -> ctx.writeAndFlush(said);
                case RESET -> {
                    said.release();
                    ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                    ctx.close();
                }
                case CLOSE -> {
                    said.release();
                    ctx.close();
                }
            }
            if (deed == Deed.END_OUTPUT) {
                ((DuplexChannel) ctx.channel()).shutdownOutput();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ctx.writeAndFlush(ctx.alloc().buffer(0)).addListener(flushed -> ctx.close());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (!(cause instanceof IOException)) {
                problems.add("peer: " + cause);
            }
            ctx.close();
        }
    }
}
