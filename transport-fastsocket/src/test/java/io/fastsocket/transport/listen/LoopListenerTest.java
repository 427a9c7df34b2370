package io.fastsocket.transport.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The queues of a server that does not accept: it has auto-read off. */
@Timeout(60)
class LoopListenerTest {
    private static final int BACKLOG = 7;
    /** The kernel takes one more. */
    private static final int FULL = BACKLOG + 1;

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final List<SocketChannel> clients = new ArrayList<>();
    private FastSocketEventLoopGroup group;

    @AfterEach
    void end() throws Exception {
        for (SocketChannel client : clients) {
            client.close();
        }
        assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void tellsHowManyWaitAndHowManyMay(Engine engine) throws Exception {
        start(engine, 1);
        InetSocketAddress address = bind(false);
        LoopListener listener = group.listeners().get(0);
        for (int length = 0; length < FULL; length++) {
            assertThat(listener.queue()).hasValue(new LoopListener.Queue(length, BACKLOG, 0));
            connect(address);
        }
        assertThat(listener.queue()).hasValue(new LoopListener.Queue(FULL, BACKLOG, 0));

        connectInVain(address);

        await().atMost(DEADLINE)
                .untilAsserted(() ->
                        assertThat(listener.queue().orElseThrow().dropped()).isPositive());
        assertThat(listener.queue().orElseThrow().length()).isEqualTo(FULL);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void becomesEmptyWhenTheLoopAccepts(Engine engine) throws Exception {
        start(engine, 1);
        Channel server = server(false);
        for (int i = 0; i < FULL; i++) {
            connect((InetSocketAddress) server.localAddress());
        }

        server.config().setAutoRead(true);

        await().atMost(DEADLINE)
                .untilAsserted(() ->
                        assertThat(group.listeners().get(0).queue()).hasValue(new LoopListener.Queue(0, BACKLOG, 0)));
        await().atMost(DEADLINE).until(() -> group.loopStats(0).accepted() == FULL);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void eachLoopHasItsOwn(Engine engine) throws Exception {
        start(engine, 3);
        InetSocketAddress first = bind(false);
        InetSocketAddress second = bind(false);
        // Not more than one listener has room for: the kernel's hash may choose the same one each time.
        for (int i = 0; i < BACKLOG; i++) {
            connect(first);
        }

        List<LoopListener> listeners = group.listeners();
        assertThat(listeners).hasSize(6).doesNotHaveDuplicates();
        assertThat(group.listeners())
                .describedAs("equal when asked again")
                .containsExactlyInAnyOrderElementsOf(listeners);
        for (InetSocketAddress address : List.of(first, second)) {
            List<LoopListener> own = listeners.stream()
                    .filter(listener -> listener.address().equals(address))
                    .toList();
            assertThat(own).extracting(LoopListener::loopIndex).containsExactly(0, 1, 2);
            long waiting = own.stream()
                    .map(LoopListener::queue)
                    .map(Optional::orElseThrow)
                    .mapToLong(LoopListener.Queue::length)
                    .sum();
            assertThat(waiting).isEqualTo(address.equals(first) ? BACKLOG : 0);
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void hasNoQueueOnceItIsClosed(Engine engine) throws Exception {
        start(engine, 2);
        Channel server = server(true);
        List<LoopListener> listeners = group.listeners();
        assertThat(listeners)
                .allSatisfy(listener -> assertThat(listener.queue()).isPresent());

        server.close().sync();

        assertThat(listeners)
                .allSatisfy(listener -> assertThat(listener.queue()).isEmpty());
        assertThat(group.listeners()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = "NIO")
    void hasNoQueueOnNio(Engine engine) throws Exception {
        start(engine, 2);
        InetSocketAddress address = bind(true);

        assertThat(group.listeners()).hasSize(2).allSatisfy(listener -> {
            assertThat(listener.address()).isEqualTo(address);
            assertThat(listener.queue()).isEmpty();
        });
    }

    // ---- steps

    private void start(Engine engine, int loops) {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .placement(PlacementPolicy.none())
                .loops(loops)
                .build();
    }

    private InetSocketAddress bind(boolean autoRead) throws InterruptedException {
        return (InetSocketAddress) server(autoRead).localAddress();
    }

    private Channel server(boolean autoRead) throws InterruptedException {
        return new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .option(ChannelOption.AUTO_READ, autoRead)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(new Quiet())
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    private void connect(InetSocketAddress address) throws IOException {
        clients.add(SocketChannel.open(address));
    }

    private void connectInVain(InetSocketAddress address) throws IOException {
        SocketChannel client = SocketChannel.open();
        clients.add(client);
        client.configureBlocking(false);
        assertThat(client.connect(address)).isFalse();
    }

    @ChannelHandler.Sharable
    private static final class Quiet extends ChannelInboundHandlerAdapter {}
}
