package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.socket.SocketChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was flushed before the end of a connection's output reaches the peer before it, on every engine. */
@Timeout(120)
class OutputOrderTest {
    private static final int SEQUENCES = 150;
    private static final int OPERATIONS_MAX = 7;
    private static final int WAIT_MILLIS_MAX = 10_000;
    private static final int MEGABYTES_16 = 16 * 1024 * 1024;

    private final Map<Engine, FastSocketEventLoopGroup> groups = new EnumMap<>(Engine.class);
    private final BlockingQueue<SocketChannel> children = new LinkedBlockingQueue<>();

    /** What an application may do to a channel. */
    enum Operation {
        WRITE,
        FLUSH,
        WRITE_AND_FLUSH,
        SHUTDOWN_OUTPUT,
        SHUTDOWN_OUTPUT_WITH_A_PROMISE,
        SHUTDOWN_INPUT,
        SHUTDOWN,
        CLOSE,
        DISCONNECT,
        DEREGISTER
    }

    @AfterEach
    void end() throws Exception {
        for (FastSocketEventLoopGroup group : groups.values()) {
            assertThat(group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                    .describedAs("the group ends")
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void whatWasFlushedArrivesBeforeTheEndOfOutput(Engine engine) throws Exception {
        for (int i = 0; i < 50; i++) {
            try (Connection connection = new Connection(engine, i % 2 == 0)) {
                ChannelFuture[] futures = new ChannelFuture[2];
                connection
                        .channel
                        .eventLoop()
                        .submit(() -> {
                            futures[0] = connection.channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {1, 2, 3}));
                            futures[1] = connection.channel.shutdownOutput();
                        })
                        .sync();

                assertThat(connection.received()).isEqualTo("[1, 2, 3] end");
                assertThat(outcome(futures[0])).isEqualTo("done");
                assertThat(outcome(futures[1])).isEqualTo("done");
                assertThat(connection.channel.isOutputShutdown()).isTrue();
                assertThat(connection.channel.isOpen()).isTrue();
            }
        }
    }

    @Test
    void onIoUringTheEndOfOutputWaitsForAPeerThatReadsSlowly() throws Exception {
        try (Connection connection = new Connection(Engine.IO_URING, false)) {
            ChannelFuture write =
                    connection.channel.writeAndFlush(Unpooled.directBuffer().writeZero(MEGABYTES_16));
            ChannelFuture second = connection.channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {9}));
            ChannelFuture end = connection.channel.shutdownOutput();
            ChannelFuture late = connection.channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {8}));
            ChannelFuture again = connection.channel.shutdownOutput();

            assertThat(outcome(late)).isEqualTo("ClosedChannelException");
            assertThat(outcome(again)).isEqualTo("ClosedChannelException");
            assertThat(end.isDone()).isFalse();
            byte[] all = connection.peer.getInputStream().readAllBytes();

            assertThat(all).hasSize(MEGABYTES_16 + 1).endsWith(9);
            assertThat(List.of(outcome(write), outcome(second), outcome(end))).containsOnly("done");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCloseEndsAnEndOfOutputThatWaits(boolean unflushed) throws Exception {
        try (Connection connection = new Connection(Engine.IO_URING, false)) {
            ChannelFuture write =
                    connection.channel.writeAndFlush(Unpooled.directBuffer().writeZero(MEGABYTES_16));
            if (unflushed) {
                connection.channel.write(Unpooled.copiedBuffer(new byte[] {9}));
            }
            ChannelFuture end = connection.channel.shutdownOutput();

            connection.channel.close().sync();

            assertThat(outcome(write)).isNotEqualTo("done").isNotEqualTo("nothing heard");
            assertThat(outcome(end)).isEqualTo("ClosedChannelException");
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aCloseThatIsCancelledWhileItWaitsCloses(Engine engine) throws Exception {
        try (Connection connection = new Connection(engine, true)) {
            connection
                    .channel
                    .eventLoop()
                    .submit(() -> {
                        connection.channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {1}));
                        connection.channel.close().cancel(false);
                    })
                    .sync();

            assertThat(connection.channel.closeFuture().await(WAIT_MILLIS_MAX)).isTrue();
        }
    }

    @Test
    void onIoUringAFileThatWasFlushedArrivesBeforeTheEndOfOutput(@TempDir Path directory) throws Exception {
        byte[] content = new byte[1_000_000];
        new Random(3).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        try (Connection connection = new Connection(Engine.IO_URING, true)) {
            connection.channel.eventLoop().execute(() -> {
                connection.channel.writeAndFlush(new DefaultFileRegion(file.toFile(), 0, content.length));
                connection.channel.shutdownOutput();
            });

            assertThat(connection.peer.getInputStream().readAllBytes()).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aFileThatWasFlushedAndWhatIsBehindItArriveBeforeTheClose(Engine engine, @TempDir Path directory)
            throws Exception {
        byte[] content = new byte[300_000];
        new Random(4).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        try (Connection connection = new Connection(engine, true)) {
            CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> {
                try {
                    return connection.peer.getInputStream().readAllBytes();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            connection.channel.eventLoop().execute(() -> {
                connection.channel.writeAndFlush(new DefaultFileRegion(file.toFile(), 0, content.length));
                connection.channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {7}));
                connection.channel.close();
            });

            assertThat(received.get(20, TimeUnit.SECONDS))
                    .hasSize(content.length + 1)
                    .startsWith(content)
                    .endsWith(7);
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aWriteBeforeOrAfterTheDeregistrationIsToldOf(Engine engine) throws Exception {
        for (int bytes : new int[] {3, MEGABYTES_16}) {
            try (Connection connection = new Connection(engine, true)) {
                SocketChannel channel = connection.channel;
                // On io_uring a poll for the end of input keeps the channel in the loop's map.
                channel.shutdownInput().sync();
                channel.eventLoop()
                        .schedule(() -> {}, 10, TimeUnit.MILLISECONDS)
                        .sync();
                ChannelFuture write = channel.eventLoop()
                        .submit(() -> {
                            ChannelFuture flushed = channel.writeAndFlush(
                                    Unpooled.directBuffer().writeZero(bytes));
                            channel.deregister();
                            return flushed;
                        })
                        .sync()
                        .getNow();

                if (bytes == 3) {
                    assertThat(outcome(write)).isEqualTo("done");
                    assertThat(outcome(channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {1}))))
                            .isEqualTo("done");
                }
                assertThat(channel.close().await(WAIT_MILLIS_MAX))
                        .describedAs("the close of %s bytes ends", bytes)
                        .isTrue();
                assertThat(outcome(write)).isNotEqualTo("nothing heard");
            }
        }
    }

    /** The same random sequences on io_uring and epoll: the peer gets the same, and the futures end in the same way. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anySequenceEndsAsItDoesOnEpoll(boolean inOneTurn) throws Exception {
        long seed = Long.getLong("fastsocket.test.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < SEQUENCES; i++) {
            List<Operation> sequence = new ArrayList<>();
            Operation[] all = Operation.values();
            for (int length = 1 + random.nextInt(OPERATIONS_MAX); length > 0; length--) {
                sequence.add(all[random.nextInt(all.length)]);
            }
            boolean accepted = random.nextBoolean();
            long bytes = random.nextLong();

            String expected = outcomeOf(sequence, Engine.EPOLL, inOneTurn, accepted, new Random(bytes));
            String actual = outcomeOf(sequence, Engine.IO_URING, inOneTurn, accepted, new Random(bytes));

            assertThat(actual)
                    .describedAs(
                            "%s, in one turn: %s, accepted: %s, -Dfastsocket.test.seed=%s",
                            sequence, inOneTurn, accepted, seed)
                    .isEqualTo(expected);
        }
    }

    private String outcomeOf(List<Operation> sequence, Engine engine, boolean inOneTurn, boolean accepted, Random bytes)
            throws Exception {
        try (Connection connection = new Connection(engine, accepted)) {
            CompletableFuture<String> received = CompletableFuture.supplyAsync(connection::received);
            List<ChannelFuture> futures = new ArrayList<>();
            List<Operation> done = new ArrayList<>();
            Runnable[] steps = sequence.stream()
                    .map(operation -> (Runnable) () -> {
                        futures.add(apply(operation, connection.channel, bytes));
                        done.add(operation);
                    })
                    .toArray(Runnable[]::new);
            if (inOneTurn) {
                connection
                        .channel
                        .eventLoop()
                        .submit(() -> Arrays.asList(steps).forEach(Runnable::run))
                        .sync();
            } else {
                for (Runnable step : steps) {
                    connection.channel.eventLoop().submit(step).sync();
                }
            }
            // Then nothing is on its way any more: what was not flushed fails.
            for (int i = 0; i < futures.size(); i++) {
                if (done.get(i) != Operation.WRITE) {
                    assertThat(futures.get(i).await(WAIT_MILLIS_MAX))
                            .describedAs("%s of %s on %s ends", done.get(i), sequence, engine)
                            .isTrue();
                }
            }
            connection.channel.close().sync();
            StringBuilder outcome = new StringBuilder(received.get(20, TimeUnit.SECONDS));
            boolean closed = false;
            for (int i = 0; i < futures.size(); i++) {
                Operation operation = done.get(i);
                // On io_uring a close waits for what is on its way to the kernel, so that there still is an input to
                // end.
                boolean either = closed && operation == Operation.SHUTDOWN_INPUT;
                outcome.append(System.lineSeparator())
                        .append(operation)
                        .append(' ')
                        .append(either ? "done or not" : outcome(futures.get(i)));
                closed |= operation == Operation.CLOSE || operation == Operation.DISCONNECT;
            }
            return outcome.toString();
        }
    }

    private static ChannelFuture apply(Operation operation, SocketChannel channel, Random bytes) {
        return switch (operation) {
            case WRITE -> channel.write(message(bytes));
            case WRITE_AND_FLUSH -> channel.writeAndFlush(message(bytes));
            case FLUSH -> {
                channel.flush();
                yield channel.newSucceededFuture();
            }
            case SHUTDOWN_OUTPUT -> channel.shutdownOutput();
            case SHUTDOWN_OUTPUT_WITH_A_PROMISE -> channel.shutdownOutput(new DefaultChannelPromise(channel));
            case SHUTDOWN_INPUT -> channel.shutdownInput();
            case SHUTDOWN -> channel.shutdown();
            case CLOSE -> channel.close();
            case DISCONNECT -> channel.disconnect();
            case DEREGISTER -> channel.deregister();
        };
    }

    private static ByteBuf message(Random bytes) {
        byte[] content = new byte[1 + bytes.nextInt(9)];
        bytes.nextBytes(content);
        return bytes.nextBoolean()
                ? Unpooled.wrappedBuffer(content)
                : Unpooled.directBuffer().writeBytes(content);
    }

    /** How it ended; of errors the kind, since their words are the engine's. */
    private static String outcome(ChannelFuture future) throws InterruptedException {
        if (!future.await(WAIT_MILLIS_MAX)) {
            return "nothing heard";
        }
        Throwable cause = future.cause();
        if (cause == null) {
            return "done";
        }
        return cause instanceof ClosedChannelException
                ? "ClosedChannelException"
                : cause.getClass().getSimpleName();
    }

    /** A channel of an engine, accepted or opened, and the socket at its other end. */
    private final class Connection implements AutoCloseable {
        final SocketChannel channel;
        final Socket peer;

        Connection(Engine engine, boolean accepted) throws Exception {
            FastSocketEventLoopGroup group = groups.computeIfAbsent(engine, wanted -> FastSocketEventLoopGroup.builder()
                    .engine(wanted)
                    .loops(1)
                    .placement(PlacementPolicy.none())
                    .build());
            if (accepted) {
                Channel server = new ServerBootstrap()
                        .group(group)
                        .channel(FastSocketServerSocketChannel.class)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childHandler(new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel child) {
                                child.pipeline().addLast(new ChannelInboundHandlerAdapter());
                                child.eventLoop().execute(() -> children.add(child));
                            }
                        })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
                InetSocketAddress address = (InetSocketAddress) server.localAddress();
                peer = new Socket(address.getAddress(), address.getPort());
                channel = children.poll(10, TimeUnit.SECONDS);
                server.close().sync();
            } else {
                try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                    channel = (SocketChannel) new Bootstrap()
                            .group(group)
                            .channelFactory(group.socketChannelFactory())
                            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                            .handler(new ChannelInboundHandlerAdapter())
                            .connect(server.getLocalSocketAddress())
                            .sync()
                            .channel();
                    peer = server.accept();
                }
            }
            peer.setSoTimeout(WAIT_MILLIS_MAX);
        }

        /** All bytes, and how they ended. */
        String received() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            String end;
            try {
                InputStream in = peer.getInputStream();
                in.transferTo(bytes);
                end = "end";
            } catch (SocketException reset) {
                end = "reset";
            } catch (IOException failed) {
                end = failed.toString();
            }
            return Arrays.toString(bytes.toByteArray()) + ' ' + end;
        }

        @Override
        public void close() throws Exception {
            peer.close();
            channel.close().sync();
        }
    }
}
