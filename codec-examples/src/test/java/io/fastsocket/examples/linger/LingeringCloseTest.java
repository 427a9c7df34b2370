package io.fastsocket.examples.linger;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Each bound of a lingering close, the others being out of reach, on every engine. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
final class LingeringCloseTest {
    private static final long NEVER_NANOS = TimeUnit.HOURS.toNanos(1);
    /** More than the sockets hold. */
    private static final String LARGE = "x".repeat(32 << 20);

    private static final int WAIT_MILLIS_MAX = 20_000;

    private final FastSocketEventLoopGroup group;
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

    LingeringCloseTest(Engine engine) {
        FastSocketEventLoopGroup made = null;
        try {
            made = FastSocketEventLoopGroup.builder().engine(engine).loops(1).build();
        } catch (IllegalStateException e) {
            Assumptions.abort(engine + ": " + e.getMessage());
        }
        group = made;
    }

    @AfterEach
    void stop() throws Exception {
        assertThat(group.shutdownGracefully(0, 1, SECONDS).await(10, SECONDS)).isTrue();
    }

    /** Answers the first thing that comes, and closes. */
    private final class AnswerAndClose extends ChannelInboundHandlerAdapter {
        private final String answer;
        private final long idleNanos;
        private final long nanos;
        private final long bytes;

        AnswerAndClose(String answer, long idleNanos, long nanos, long bytes) {
            this.answer = answer;
            this.idleNanos = idleNanos;
            this.nanos = nanos;
            this.bytes = bytes;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
            ctx.write(ByteBufUtil.writeAscii(ctx.alloc(), answer));
            LingeringClose.begin((SocketChannel) ctx.channel(), AnswerAndClose.class, idleNanos, nanos, bytes);
            accepted.add(ctx.channel());
        }
    }

    /** Answers within the event that says that the client has ended its side, as a decoder does for half a message. */
    private final class AnswerAtEnd extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                ctx.write(ByteBufUtil.writeAscii(ctx.alloc(), "answer"));
                LingeringClose.begin(
                        (SocketChannel) ctx.channel(), AnswerAtEnd.class, NEVER_NANOS, NEVER_NANOS, Long.MAX_VALUE);
                accepted.add(ctx.channel());
            }
        }
    }

    private Socket client(long idleNanos, long nanos, long bytes) throws IOException {
        return client(() -> new AnswerAndClose("answer", idleNanos, nanos, bytes));
    }

    private Socket client(Supplier<ChannelHandler> server) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.config().setAllowHalfClosure(true);
                        channel.pipeline().addLast(server.get());
                    }
                });
        Channel listener = bootstrap
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
        Socket client =
                new Socket(InetAddress.getLoopbackAddress(), ((InetSocketAddress) listener.localAddress()).getPort());
        client.setSoTimeout(WAIT_MILLIS_MAX);
        client.getOutputStream().write(1);
        return client;
    }

    private static void assertAnswered(Socket client) throws IOException {
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("answer");
    }

    private Channel lingering() throws InterruptedException {
        Channel channel = accepted.poll(WAIT_MILLIS_MAX, MILLISECONDS);
        assertThat(channel).isNotNull();
        return channel;
    }

    private void assertClosed() throws InterruptedException {
        assertThat(lingering().closeFuture().await(WAIT_MILLIS_MAX, MILLISECONDS))
                .isTrue();
    }

    /** Sends until the other side resets, and tells how much that was. */
    private static long sendUntilReset(Socket client) {
        byte[] part = new byte[4096];
        long sent = 0;
        try {
            while (true) {
                client.getOutputStream().write(part);
                sent += part.length;
            }
        } catch (IOException reset) {
            return sent;
        }
    }

    @Test
    void closesWhenTheClientEndsItsSide() throws Exception {
        try (Socket client = client(NEVER_NANOS, NEVER_NANOS, Long.MAX_VALUE)) {
            assertAnswered(client);
            client.getOutputStream().write(new byte[1 << 20]);
            client.shutdownOutput();
            assertClosed();
        }
    }

    @Test
    void closesAClientThatSendsNothing() throws Exception {
        try (Socket client = client(MILLISECONDS.toNanos(200), NEVER_NANOS, Long.MAX_VALUE)) {
            assertAnswered(client);
            assertClosed();
        }
    }

    @Test
    void closesAClientThatSendsForTooLong() throws Exception {
        try (Socket client = client(NEVER_NANOS, MILLISECONDS.toNanos(500), Long.MAX_VALUE)) {
            assertAnswered(client);
            assertThat(sendUntilReset(client)).isPositive();
            assertClosed();
        }
    }

    @Test
    void closesAClientThatSendsTooMuch() throws Exception {
        try (Socket client = client(NEVER_NANOS, NEVER_NANOS, 4 << 20)) {
            assertAnswered(client);
            assertThat(sendUntilReset(client)).isGreaterThan(4 << 20);
            assertClosed();
        }
    }

    @Test
    void closesAClientThatHasEndedItsSideAlready() throws Exception {
        try (Socket client = client(AnswerAtEnd::new)) {
            client.shutdownOutput();
            assertAnswered(client);
            assertClosed();
        }
    }

    @Test
    void waitsForAClientThatTakesItsTimeToTakeTheAnswer() throws Exception {
        long idleNanos = MILLISECONDS.toNanos(200);
        try (Socket client = client(() -> new AnswerAndClose(LARGE, idleNanos, NEVER_NANOS, Long.MAX_VALUE))) {
            Channel channel = lingering();
            // Runs on the loop of the timers, behind what is due before.
            assertThat(channel.eventLoop()
                            .schedule(channel::isOpen, 3 * idleNanos, NANOSECONDS)
                            .get(WAIT_MILLIS_MAX, MILLISECONDS))
                    .isTrue();
            assertThat(client.getInputStream().readAllBytes()).hasSize(LARGE.length());
            assertThat(channel.closeFuture().await(WAIT_MILLIS_MAX, MILLISECONDS))
                    .isTrue();
        }
    }

    @Test
    void keepsTheAnswerOfAClientThatEndsItsSideBeforeItReads() throws Exception {
        try (Socket client = client(() -> new AnswerAndClose(LARGE, NEVER_NANOS, NEVER_NANOS, Long.MAX_VALUE))) {
            Channel channel = lingering();
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).hasSize(LARGE.length());
            assertThat(channel.closeFuture().await(WAIT_MILLIS_MAX, MILLISECONDS))
                    .isTrue();
        }
    }

    @Test
    void resetsAClientThatDoesNotTakeTheAnswer() throws Exception {
        try (Socket client =
                client(() -> new AnswerAndClose(LARGE, NEVER_NANOS, MILLISECONDS.toNanos(300), Long.MAX_VALUE))) {
            assertClosed();
            assertThatThrownBy(() -> client.getInputStream().readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("reset");
        }
    }
}
