package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.kernel.SocketOptions;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.incubator.channel.uring.IOUringEventLoopGroup;
import io.netty.incubator.channel.uring.IOUringServerSocketChannel;
import io.netty.incubator.channel.uring.IOUringSocketChannel;
import io.netty.util.concurrent.AbstractEventExecutorGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bootstraps in which one of the two groups, or the way a channel is registered, is somebody else's. */
@Timeout(60)
class ForeignGroupsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final String GUARD = "fastsocket#guard";
    private static final int CONNECTIONS = 40;
    private static final int LOOPS = 2;

    private final List<EventLoopGroup> groups = new ArrayList<>();
    private final List<Socket> clients = new ArrayList<>();
    private final List<Channel> children = new CopyOnWriteArrayList<>();

    @AfterEach
    void end() throws Exception {
        for (Socket client : clients) {
            client.close();
        }
        // A ring of somebody else's does not end with connections that are open.
        for (Channel child : children) {
            assertThat(child.close().await(20, TimeUnit.SECONDS)).isTrue();
        }
        for (EventLoopGroup group : groups) {
            assertThat(group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    // ---- where a connection lives is what is counted

    /** As Vert.x does: a loop that accepts, and a group of its own that deals out our loops in turn. */
    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void connectionsAreCountedWhereAForeignChildGroupPutsThem(Engine engine) throws Exception {
        FastSocketEventLoopGroup ours = ours(engine);
        EventLoop boss = ours.next();
        try (LoggedLines log = LoggedLines.of(FastSocketServerSocketChannel.class)) {
            Channel server = bind(boss, new InTurn(ours), FastSocketServerSocketChannel.class);
            connect(server);
            await().atMost(DEADLINE).until(() -> sum(ours, LoopStats::active) == CONNECTIONS);

            long whereTheirPacketsArrive =
                    children.stream().filter(child -> isLocal(ours, child)).count();
            assertThat(sum(ours, LoopStats::acceptedLocal) + sum(ours, LoopStats::handedOver))
                    .isEqualTo(whereTheirPacketsArrive);
            assertThat(sum(ours, LoopStats::accepted)).isEqualTo(CONNECTIONS);
            assertThat(activeByLoop(ours)).isEqualTo(livingByLoop(ours));
            assertThat(log.lines()).singleElement().asString().contains(InTurn.class.getName(), "fix: ");
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void noConnectionOfForeignLoopsIsLocalOrOwned(Engine engine) throws Exception {
        FastSocketEventLoopGroup ours = ours(engine);
        try (LoggedLines log = LoggedLines.of(FastSocketServerSocketChannel.class)) {
            Channel server = bind(ours, netty(engine), FastSocketServerSocketChannel.class);
            connect(server);
            await().atMost(DEADLINE).until(() -> sum(ours, LoopStats::accepted) == CONNECTIONS);

            assertThat(sum(ours, LoopStats::acceptedLocal)).isZero();
            assertThat(sum(ours, LoopStats::active)).isZero();
            assertThat(sum(ours, LoopStats::acceptedRemote) + sum(ours, LoopStats::acceptedUnknown))
                    .isEqualTo(CONNECTIONS);
            assertThat(log.lines()).hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aConnectionIsCountedOnceHoweverOftenItIsRegistered(Engine engine) throws Exception {
        FastSocketEventLoopGroup ours = ours(engine);
        connect(bind(ours, ours, FastSocketServerSocketChannel.class));
        await().atMost(DEADLINE).until(() -> sum(ours, LoopStats::active) == CONNECTIONS);
        Channel child = children.get(0);

        // A second registration fails, and on epoll and NIO one after a deregistration does not.
        ours.register(child).await(20, TimeUnit.SECONDS);
        child.deregister().await(20, TimeUnit.SECONDS);
        ours.register(child).await(20, TimeUnit.SECONDS);

        assertThat(sum(ours, LoopStats::accepted)).isEqualTo(CONNECTIONS);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void connectionsOfAForeignBossAreCountedAndOwned(Engine engine) throws Exception {
        FastSocketEventLoopGroup ours = ours(engine);
        Channel server = bind(netty(engine), ours, serverClass(engine));
        connect(server);
        await().atMost(DEADLINE).until(() -> sum(ours, LoopStats::accepted) == CONNECTIONS);

        assertThat(sum(ours, LoopStats::active)).isEqualTo(CONNECTIONS);
        assertThat(activeByLoop(ours)).isEqualTo(livingByLoop(ours));
        assertThat(sum(ours, LoopStats::acceptedLocal))
                .isEqualTo(
                        children.stream().filter(child -> isLocal(ours, child)).count());
        for (Socket client : clients) {
            client.close();
        }
        await("all are gone").atMost(DEADLINE).until(() -> sum(ours, LoopStats::active) == 0);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void oneGroupIsNotWarnedOf(Engine engine) throws Exception {
        FastSocketEventLoopGroup ours = ours(engine);
        FastSocketEventLoopGroup boss = ours(engine);
        try (LoggedLines log = LoggedLines.of(FastSocketServerSocketChannel.class)) {
            connect(bind(ours, ours, FastSocketServerSocketChannel.class));
            connect(bind(boss, ours, FastSocketServerSocketChannel.class));
            connect(bind(netty(engine), ours, FastSocketServerSocketChannel.class));
            await().atMost(DEADLINE).until(() -> sum(ours, LoopStats::active) == 3 * CONNECTIONS);

            assertThat(sum(ours, LoopStats::accepted)).isEqualTo(3 * CONNECTIONS);
            assertThat(log.lines()).isEmpty();
        }
    }

    // ---- of another engine

    @ParameterizedTest
    @MethodSource("enginesThatDiffer")
    void aConnectionThatCannotBeRegisteredIsInNoTable(Engine engine, Engine other) throws Exception {
        FastSocketEventLoopGroup ours = ours(engine);
        Channel server = bind(netty(other), ours, serverClass(other));
        connect(server);
        for (Socket client : clients) {
            client.setSoTimeout((int) DEADLINE.toMillis());
            assertThat(isEnded(client)).isTrue();
        }

        assertThat(sum(ours, LoopStats::active)).isZero();
        assertThat(sum(ours, LoopStats::accepted)).isZero();
        assertThat(ours.connections(0)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("enginesThatDiffer")
    void aBossOfAnotherEngineIsRefusedAtBind(Engine engine, Engine other) {
        FastSocketEventLoopGroup ours = ours(engine);
        FastSocketEventLoopGroup boss = ours(other);

        assertThatThrownBy(() -> bind(boss, ours, FastSocketServerSocketChannel.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(engine.label(), other.label(), "fix: ");
    }

    @ParameterizedTest
    @MethodSource("enginesThatDiffer")
    void aForeignChildGroupOfAnotherEngineIsRefusedAtBind(Engine engine, Engine other) {
        FastSocketEventLoopGroup ours = ours(engine);
        EventLoopGroup theirs = netty(other);

        assertThatThrownBy(() -> bind(ours, theirs, FastSocketServerSocketChannel.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(theirs.next().getClass().getSimpleName(), engine.label(), "fix: ");
    }

    /** Of Netty's own, only the loop is needed: for the events of the server channel. */
    @ParameterizedTest
    @MethodSource("enginesThatDiffer")
    void aBossOfNettyMayBeOfAnyEngine(Engine engine, Engine other) throws Exception {
        FastSocketEventLoopGroup ours = ours(engine);
        connect(bind(netty(other), ours, FastSocketServerSocketChannel.class));

        await().atMost(DEADLINE).until(() -> sum(ours, LoopStats::active) == CONNECTIONS);
    }

    // ---- guards

    @Test
    void everyChannelThatIsRegisteredWithARingIsGuarded() throws Exception {
        FastSocketEventLoopGroup ours = ours(Engine.IO_URING);
        EventLoop loop = ours.next();
        Map<String, Channel> channels = new HashMap<>();

        channels.put(
                "group.register(channel)",
                ours.register(new IOUringSocketChannel()).sync().channel());
        channels.put(
                "loop.register(channel)",
                loop.register(new IOUringSocketChannel()).sync().channel());
        Channel byPromise = new IOUringSocketChannel();
        channels.put(
                "loop.register(promise)",
                loop.register(new DefaultChannelPromise(byPromise, loop)).sync().channel());
        Channel byUnsafe = new IOUringSocketChannel();
        ChannelPromise registered = new DefaultChannelPromise(byUnsafe, loop);
        byUnsafe.unsafe().register(loop, registered);
        channels.put("unsafe.register", registered.sync().channel());
        channels.put(
                "unwrapped group",
                ours.unwrap().get(0).register(new IOUringSocketChannel()).sync().channel());
        channels.put(
                "bootstrap with the group", bootstrap(ours).register().sync().channel());
        channels.put("bootstrap with a loop", bootstrap(loop).register().sync().channel());

        channels.forEach((how, channel) -> assertGuarded(how, channel));
        channels.values().forEach(Channel::close);
    }

    private static Bootstrap bootstrap(EventLoopGroup group) {
        return new Bootstrap()
                .group(group)
                .channel(IOUringSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter());
    }

    @Test
    void everyConnectionOfARingIsGuardedWhoeverAccepted() throws Exception {
        FastSocketEventLoopGroup ours = ours(Engine.IO_URING);
        connect(bind(netty(Engine.IO_URING), ours, IOUringServerSocketChannel.class));
        connect(bind(netty(Engine.IO_URING), ours.next(), IOUringServerSocketChannel.class));
        connect(bind(netty(Engine.IO_URING), new InTurn(ours), IOUringServerSocketChannel.class));
        connect(bind(ours, ours, IOUringServerSocketChannel.class));
        await().atMost(DEADLINE).until(() -> children.size() == 4 * CONNECTIONS);

        for (Channel child : children) {
            child.eventLoop().submit(() -> {}).sync();
            assertGuarded("accepted", child);
        }
    }

    private static void assertGuarded(String how, Channel channel) {
        assertThat(channel.pipeline().names()).describedAs(how).first().isEqualTo(GUARD);
        assertThat(channel.pipeline().names()).describedAs(how).containsOnlyOnce(GUARD);
    }

    // ---- steps

    private static Stream<Arguments> enginesThatDiffer() {
        return Stream.of(
                Arguments.of(Engine.EPOLL, Engine.NIO),
                Arguments.of(Engine.NIO, Engine.EPOLL),
                Arguments.of(Engine.IO_URING, Engine.EPOLL),
                Arguments.of(Engine.EPOLL, Engine.IO_URING));
    }

    private FastSocketEventLoopGroup ours(Engine engine) {
        FastSocketEventLoopGroup group =
                FastSocketEventLoopGroup.builder().engine(engine).loops(LOOPS).build();
        groups.add(group);
        return group;
    }

    private EventLoopGroup netty(Engine engine) {
        EventLoopGroup group =
                switch (engine) {
                    case IO_URING ->
                        new IOUringEventLoopGroup(
                                1,
                                new ThreadPerTaskExecutor(new DefaultThreadFactory("foreign")),
                                64,
                                Integer.MAX_VALUE);
                    case EPOLL -> new EpollEventLoopGroup(1);
                    default -> new NioEventLoopGroup(1);
                };
        groups.add(0, group);
        return group;
    }

    private static Class<? extends ServerSocketChannel> serverClass(Engine engine) {
        return switch (engine) {
            case IO_URING -> IOUringServerSocketChannel.class;
            case EPOLL -> EpollServerSocketChannel.class;
            default -> NioServerSocketChannel.class;
        };
    }

    private Channel bind(EventLoopGroup boss, EventLoopGroup child, Class<? extends ServerSocketChannel> channel)
            throws InterruptedException {
        return new ServerBootstrap()
                .group(boss, child)
                .channel(channel)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel accepted) {
                        children.add(accepted);
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    private void connect(Channel server) throws IOException {
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        for (int i = 0; i < CONNECTIONS; i++) {
            clients.add(new Socket("127.0.0.1", port));
        }
    }

    private static boolean isEnded(Socket client) throws IOException {
        try {
            return client.getInputStream().read() < 0;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private static long sum(FastSocketEventLoopGroup group, ToLongFunction<LoopStats> count) {
        return group.loopStats().stream().mapToLong(count).sum();
    }

    private static List<Long> activeByLoop(FastSocketEventLoopGroup group) {
        return group.loopStats().stream().map(LoopStats::active).toList();
    }

    private List<Long> livingByLoop(FastSocketEventLoopGroup group) {
        List<Long> living = new ArrayList<>();
        for (EventExecutor loop : group) {
            living.add(
                    children.stream().filter(child -> child.eventLoop() == loop).count());
        }
        return living;
    }

    /** By the kernel's word and the CPU that the connection's loop is pinned to. */
    private static boolean isLocal(FastSocketEventLoopGroup group, Channel child) {
        if (!(child instanceof UnixChannel unix)) {
            return false;
        }
        int index = 0;
        for (EventExecutor loop : group) {
            if (loop == child.eventLoop()) {
                break;
            }
            index++;
        }
        try {
            return SocketOptions.incomingCpu((io.netty.channel.unix.Socket) unix.fd())
                    == group.loopStats(index).cpu();
        } catch (IOException closed) {
            throw new AssertionError(closed);
        }
    }

    /** A group of somebody else's that registers on our loops as it likes. */
    private static final class InTurn extends AbstractEventExecutorGroup implements EventLoopGroup {
        private final FastSocketEventLoopGroup ours;
        private final List<EventLoop> loops = new ArrayList<>();
        private final AtomicInteger next = new AtomicInteger();

        InTurn(FastSocketEventLoopGroup ours) {
            this.ours = ours;
            ours.forEach(loop -> loops.add((EventLoop) loop));
        }

        @Override
        public EventLoop next() {
            return loops.get(next.getAndIncrement() % loops.size());
        }

        @Override
        public ChannelFuture register(Channel channel) {
            return next().register(channel);
        }

        @Override
        public ChannelFuture register(ChannelPromise promise) {
            return next().register(promise);
        }

        @Override
        @Deprecated
        public ChannelFuture register(Channel channel, ChannelPromise promise) {
            return next().register(promise);
        }

        @Override
        public Iterator<EventExecutor> iterator() {
            return ours.iterator();
        }

        @Override
        public boolean isShuttingDown() {
            return ours.isShuttingDown();
        }

        @Override
        public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
            return ours.shutdownGracefully(quietPeriod, timeout, unit);
        }

        @Override
        public Future<?> terminationFuture() {
            return ours.terminationFuture();
        }

        @Override
        @Deprecated
        public void shutdown() {
            ours.shutdown();
        }

        @Override
        public boolean isShutdown() {
            return ours.isShutdown();
        }

        @Override
        public boolean isTerminated() {
            return ours.isTerminated();
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
            return ours.awaitTermination(timeout, unit);
        }
    }
}
