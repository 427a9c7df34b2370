package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.AlreadyBoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One server channel, a listener on every loop. */
@Timeout(60)
class ServerChannelTest {
    private final List<EventLoopGroup> groups = new ArrayList<>();

    @AfterEach
    void endGroups() throws Exception {
        for (EventLoopGroup group : groups) {
            assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                    .describedAs("the group ends")
                    .isTrue();
        }
    }

    private FastSocketEventLoopGroup start(Engine engine) {
        // Small rings: for a user without privilege they count as locked memory, also while they are torn down.
        return start(FastSocketEventLoopGroup.builder().engine(engine).ringSize(64));
    }

    private FastSocketEventLoopGroup start(FastSocketEventLoopGroupBuilder builder) {
        FastSocketEventLoopGroup group = builder.build();
        groups.add(group);
        return group;
    }

    private static ServerBootstrap bootstrap(EventLoopGroup group) {
        return new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new Greet());
    }

    private static Channel bind(ServerBootstrap bootstrap) throws InterruptedException {
        return bootstrap.bind("127.0.0.1", 0).sync().channel();
    }

    private static InetSocketAddress addressOf(Channel server) {
        return (InetSocketAddress) server.localAddress();
    }

    private static int ask(InetSocketAddress address) throws IOException {
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.setSoTimeout(10_000);
            return client.getInputStream().read();
        }
    }

    /** Binds a server on {@code group}, leaves it open, and tells whether it answers. */
    static boolean serveOnce(EventLoopGroup group) throws Exception {
        return ask(addressOf(bind(bootstrap(group)))) == '!';
    }

    // ---- bind

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void opensAListenerOnEveryLoop(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(FastSocketEventLoopGroup.builder()
                .engine(engine)
                .placement(PlacementPolicy.none())
                .loops(5));

        Channel server = bind(bootstrap(group));

        assertThat(ListeningSockets.countOn(addressOf(server).getPort())).isEqualTo(5);
        assertThat(group.plan().rows()).extracting(LoopPlan.Row::listenerIndex).containsExactly(0, 1, 2, 3, 4);
        assertThat(ask(addressOf(server))).isEqualTo('!');
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void servesWithOneLoop(Engine engine) throws Exception {
        FastSocketEventLoopGroup group =
                start(FastSocketEventLoopGroup.builder().engine(engine).loops(1));

        assertThat(ask(addressOf(bind(bootstrap(group))))).isEqualTo('!');
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void bindsIpv6AndBothFamilies(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);

        InetSocketAddress six = addressOf(bootstrap(group).bind("::1", 0).sync().channel());
        assertThat(ask(new InetSocketAddress("::1", six.getPort()))).isEqualTo('!');

        int port = addressOf(bootstrap(group).bind("::", 0).sync().channel()).getPort();
        assertThat(ask(new InetSocketAddress("::1", port))).isEqualTo('!');
        assertThat(ask(new InetSocketAddress("127.0.0.1", port))).isEqualTo('!');

        int any = addressOf(bootstrap(group).bind(0).sync().channel()).getPort();
        assertThat(ask(new InetSocketAddress("127.0.0.1", any))).isEqualTo('!');
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void carriesSeveralServerChannels(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        Channel first = bind(bootstrap(group));
        Channel second = bind(bootstrap(group));

        first.close().sync();

        assertThat(ask(addressOf(second))).isEqualTo('!');
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aBusyPortIsAnErrorThatSaysWhatToDo(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        InetSocketAddress taken = addressOf(bind(bootstrap(group)));

        ChannelFuture second = bootstrap(group).bind(taken).await();

        assertThat(second.cause())
                .isInstanceOf(BindException.class)
                .hasMessageContaining("bind failed on 127.0.0.1:" + taken.getPort())
                .hasMessageContaining("fix: stop the process that listens there, or choose another port");
        assertThat(ask(taken)).isEqualTo('!');
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void anAddressOfAnotherMachineIsAnErrorThatSaysWhatToDo(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);

        ChannelFuture bound = bootstrap(group).bind("192.0.2.1", 0).await();

        assertThat(bound.cause())
                .isInstanceOf(BindException.class)
                .hasMessageContaining("fix: choose an address of this machine");
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void refusesUnixSockets(Engine engine) throws Exception {
        ChannelFuture bound = bootstrap(start(engine))
                .bind(new DomainSocketAddress("/tmp/none.sock"))
                .await();

        assertThat(bound.cause())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("(expected an InetSocketAddress)");
    }

    @Test
    void refusesASecondBind() throws Exception {
        Channel server = bind(bootstrap(start(Engine.AUTO)));

        assertThatThrownBy(
                        () -> server.bind(new InetSocketAddress("127.0.0.1", 0)).sync())
                .isInstanceOf(AlreadyBoundException.class);
    }

    @Test
    void refusesAForeignGroup() throws Exception {
        EventLoopGroup foreign = new NioEventLoopGroup(1);
        groups.add(foreign);

        ChannelFuture bound = bootstrap(foreign).bind("127.0.0.1", 0).await();

        assertThat(bound.cause())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("NioEventLoop (expected a running FastSocketEventLoopGroup)")
                .hasMessageContaining("fix: give the bootstrap a FastSocketEventLoopGroup");
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void theBossGroupMayBeAny(Engine engine) throws Exception {
        EventLoopGroup boss = new NioEventLoopGroup(1);
        FastSocketEventLoopGroup workers = start(engine);
        groups.add(boss);

        Channel server = bind(new ServerBootstrap()
                .group(boss, workers)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new Greet()));

        assertThat(ask(addressOf(server))).isEqualTo('!');
        assertThat(ListeningSockets.countOn(addressOf(server).getPort()))
                .isEqualTo(workers.loopStats().size());
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aBindOnAGroupThatEndsCompletes(Engine engine) throws Exception {
        for (int i = 0; i < 20; i++) {
            FastSocketEventLoopGroup group = start(engine);
            ChannelFuture bound = bootstrap(group).bind("127.0.0.1", 0);
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS);

            assertThat(bound.await(10, TimeUnit.SECONDS))
                    .describedAs("round %s", i)
                    .isTrue();
            assertThat(group.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aBindOnALoopThatHasEndedFails(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(FastSocketEventLoopGroup.builder()
                .engine(engine)
                .placement(PlacementPolicy.none())
                .loops(2));
        Channel server = new FastSocketServerSocketChannel();
        ((io.netty.channel.EventLoop) group.iterator().next()).register(server).sync();
        group.unwrap().get(1).shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();

        ChannelFuture bound = server.bind(new InetSocketAddress("127.0.0.1", 0));

        assertThat(bound.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(bound.isSuccess()).isFalse();
    }

    // ---- close

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void thePortIsFreeWhenCloseCompletes(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        for (int i = 0; i < 20; i++) {
            Channel server = bind(bootstrap(group));
            InetSocketAddress address = addressOf(server);
            if (i % 2 == 0) {
                assertThat(ask(address)).isEqualTo('!');
            }

            assertThat(server.close().await(1, TimeUnit.SECONDS)).isTrue();

            ListeningSockets.requireFree(address);
            assertThat(server.isOpen()).isFalse();
            assertThat(server.closeFuture().isDone()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void closingTwiceAndBeforeBindIsFine(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        Channel server = bind(bootstrap(group));
        ChannelFuture once = server.close();
        ChannelFuture twice = server.close();
        once.sync();
        twice.sync();

        Channel unbound = new FastSocketServerSocketChannel();
        group.register(unbound).sync();
        unbound.close().sync();
        assertThat(unbound.bind(new InetSocketAddress("127.0.0.1", 0)).await().cause())
                .isNotNull();
    }

    @Test
    void aHandlerThatKeepsTheServerOpenDoesNotKeepTheGroup() throws Exception {
        FastSocketEventLoopGroup group = start(Engine.AUTO);
        bind(bootstrap(group).handler(new ChannelDuplexHandler() {
            @Override
            public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
                // Not passed on.
            }
        }));

        assertThat(group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void groupShutdownEndsServersAndConnections(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        Channel server = bootstrap(group)
                .childHandler(new ChannelInboundHandlerAdapter() {
                    @Override
                    public boolean isSharable() {
                        return true;
                    }

                    @Override
                    public void channelActive(ChannelHandlerContext ctx) {
                        ctx.writeAndFlush(ctx.alloc().directBuffer().writeZero(16 * 1024 * 1024));
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        InetSocketAddress address = addressOf(server);
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(new Socket(address.getAddress(), address.getPort()));
        }
        await().atMost(10, TimeUnit.SECONDS)
                .until(() ->
                        group.loopStats().stream().mapToLong(LoopStats::active).sum() == 20);

        assertThat(group.shutdownGracefully(0, 2, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS))
                .isTrue();

        assertThat(group.isTerminated()).isTrue();
        assertThat(server.isOpen()).isFalse();
        ListeningSockets.requireFree(address);
        for (Socket client : clients) {
            client.close();
        }
    }

    /** Not on io_uring, whose loop, ended behind the group's back, does not close what it has. */
    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "NIO"})
    void aListenerClosedFromOutsideClosesTheServer(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        Channel server = bind(bootstrap(group));

        // A loop that ends closes its listener: half a server is none.
        group.unwrap().get(0).shutdownGracefully(0, 0, TimeUnit.SECONDS);

        assertThat(server.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ListeningSockets.countOn(addressOf(server).getPort())).isZero();
    }

    // ---- ways to start

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#steered")
    void withASeparateBossGroupTheWorkersListen(Engine engine) throws Exception {
        FastSocketEventLoopGroup boss =
                start(FastSocketEventLoopGroup.builder().engine(engine).loops(1));
        FastSocketEventLoopGroup workers = start(engine);

        Channel server = bind(new ServerBootstrap()
                .group(boss, workers)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new Greet()));

        for (LoopStats loop : workers.loopStats()) {
            OnCpu.call(loop.cpu(), () -> ask(addressOf(server)));
        }
        assertThat(workers.loopStats()).extracting(LoopStats::acceptedLocal).containsOnly(1L);
        assertThat(boss.loopStats()).extracting(LoopStats::accepted).containsOnly(0L);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void worksWhenAFrameworkRegistersItItself(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        Channel server = new FastSocketServerSocketChannel();
        // As reactor-netty does: its own acceptor, registered past the group.
        server.pipeline().addLast(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.eventLoop().execute(() -> channel.pipeline().addLast(new OwnAcceptor(group)));
            }
        });
        server.unsafe().register(group.next(), server.newPromise());
        server.bind(new InetSocketAddress("127.0.0.1", 0)).sync();

        for (int i = 0; i < 20; i++) {
            assertThat(ask(addressOf(server))).isEqualTo('!');
        }
    }

    private static final class OwnAcceptor extends ChannelInboundHandlerAdapter {
        private final EventLoopGroup children;

        OwnAcceptor(EventLoopGroup children) {
            this.children = children;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            assertThat(ctx.executor().inEventLoop()).isTrue();
            Channel child = (Channel) msg;
            child.pipeline().addLast(new Greet());
            children.register(child);
        }
    }

    // ---- what handlers see

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void serverHandlersSeeWhatTheySeeInStockNetty(Engine engine) throws Exception {
        EventLoopGroup stock = new NioEventLoopGroup(1);
        groups.add(stock);
        Recorder expected = new Recorder();
        record(new ServerBootstrap().group(stock).channel(NioServerSocketChannel.class), expected);

        Recorder ours = new Recorder();
        record(new ServerBootstrap().group(start(engine)).channel(FastSocketServerSocketChannel.class), ours);

        assertThat(ours.events).isEqualTo(expected.events);
        assertThat(ours.foreignThread).isFalse();
    }

    private static void record(ServerBootstrap bootstrap, Recorder recorder) throws Exception {
        Channel server = bind(bootstrap.handler(recorder).childHandler(new Greet()));
        ask(addressOf(server));
        server.close().sync();
        await().atMost(10, TimeUnit.SECONDS).until(() -> recorder.events.contains("handlerRemoved"));
    }

    private static final class Recorder extends ChannelInboundHandlerAdapter {
        final List<String> events = new CopyOnWriteArrayList<>();
        volatile boolean foreignThread;

        private void event(ChannelHandlerContext ctx, String event) {
            events.add(event);
            foreignThread |= !ctx.channel().eventLoop().inEventLoop();
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            event(ctx, "handlerAdded");
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            event(ctx, "handlerRemoved");
        }

        @Override
        public void channelRegistered(ChannelHandlerContext ctx) {
            event(ctx, "channelRegistered");
            ctx.fireChannelRegistered();
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext ctx) {
            event(ctx, "channelUnregistered");
            ctx.fireChannelUnregistered();
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            event(
                    ctx,
                    "channelActive open=" + ctx.channel().isActive() + " bound="
                            + (ctx.channel().localAddress() != null));
            ctx.fireChannelActive();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            event(ctx, "channelInactive open=" + ctx.channel().isActive());
            ctx.fireChannelInactive();
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object child) {
            event(ctx, "channelRead parent=" + (((Channel) child).parent() == ctx.channel()));
            ctx.fireChannelRead(child);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            event(ctx, "channelReadComplete");
            ctx.fireChannelReadComplete();
        }
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void theParentOfAConnectionIsTheServerChannel(Engine engine) throws Exception {
        AttributeKey<String> key = AttributeKey.valueOf(ServerChannelTest.class, "name");
        List<String> names = new CopyOnWriteArrayList<>();
        Channel server = bind(bootstrap(start(engine)).attr(key, "mine").childHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel child) {
                names.add(child.parent().attr(key).get());
                child.pipeline().addLast(new Greet());
            }
        }));

        // Several at once, so that some of them are taken by the drain.
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(new Socket("127.0.0.1", addressOf(server).getPort()));
        }
        for (Socket client : clients) {
            assertThat(client.getInputStream().read()).isEqualTo('!');
            client.close();
        }

        assertThat(names).hasSize(50).containsOnly("mine");
    }

    // ---- options and auto-read

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void withoutAutoReadNothingIsAcceptedUntilRead(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        Channel server = bind(bootstrap(group).option(ChannelOption.AUTO_READ, false));

        try (Socket client = new Socket("127.0.0.1", addressOf(server).getPort())) {
            client.setSoTimeout(200);
            assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("timed out");

            server.read();
            client.setSoTimeout(10_000);
            assertThat(client.getInputStream().read()).isEqualTo('!');
        }
        server.config().setAutoRead(true);
        assertThat(ask(addressOf(server))).isEqualTo('!');
        server.config().setAutoRead(false);
        server.config().setAutoRead(true);
        assertThat(ask(addressOf(server))).isEqualTo('!');
    }

    @Test
    void optionsAreKeptAndValidated() {
        ServerSocketChannel server = new FastSocketServerSocketChannel();

        server.config().setBacklog(17).setReceiveBufferSize(65536).setReuseAddress(false);

        assertThat(server.config().getOption(ChannelOption.SO_BACKLOG)).isEqualTo(17);
        assertThat(server.config().getOption(ChannelOption.SO_RCVBUF)).isEqualTo(65536);
        assertThat(server.config().getOption(ChannelOption.SO_REUSEADDR)).isFalse();
        assertThatThrownBy(() -> server.config().setOption(ChannelOption.SO_BACKLOG, null))
                .isInstanceOf(NullPointerException.class);
    }

    // ---- see

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void findsAConnectionFromAnyLoop(Engine engine) throws Exception {
        FastSocketEventLoopGroup group = start(engine);
        Channel server = bind(bootstrap(group).childHandler(new Greet(false)));
        InetSocketAddress address = addressOf(server);
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.getInputStream().read();
            InetSocketAddress remote = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), client.getLocalPort());

            for (EventExecutor loop : group) {
                assertThat(loop.submit(() -> group.findConnection(address, remote))
                                .get())
                        .isPresent();
            }
            assertThat(group.findConnection(address, new InetSocketAddress("127.0.0.1", 1)))
                    .isEmpty();
            assertThat(group.loopStats().stream().mapToLong(LoopStats::active).sum())
                    .isEqualTo(1);
        }
        await().atMost(10, TimeUnit.SECONDS)
                .until(() ->
                        group.loopStats().stream().mapToLong(LoopStats::active).sum() == 0);
    }

    @Test
    void aPortHeldByAnotherSocketIsBusyEvenWithReuseport() throws Exception {
        try (ServerSocket other = new ServerSocket()) {
            other.setOption(java.net.StandardSocketOptions.SO_REUSEPORT, true);
            other.bind(new InetSocketAddress("127.0.0.1", 0));

            ChannelFuture bound = bootstrap(start(Engine.AUTO))
                    .bind("127.0.0.1", other.getLocalPort())
                    .await();
            assertThat(bound.cause()).isInstanceOf(BindException.class);
        }
    }

    /** Sends one byte and, unless told otherwise, closes. */
    @ChannelHandler.Sharable
    static final class Greet extends ChannelInboundHandlerAdapter {
        private final boolean close;

        Greet() {
            this(true);
        }

        Greet(boolean close) {
            this.close = close;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ChannelFuture written = ctx.writeAndFlush(ctx.alloc().buffer(1).writeByte('!'));
            if (close) {
                written.addListener(done -> ctx.close());
            }
        }
    }
}
