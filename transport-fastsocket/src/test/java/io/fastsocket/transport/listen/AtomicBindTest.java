package io.fastsocket.transport.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.ListeningSockets;
import io.fastsocket.transport.TestEngines;
import io.fastsocket.transport.engine.CpuOwners;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.engine.Engines;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.LoopStarter;
import io.fastsocket.transport.engine.PinnedLoop;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server channel has all its listeners or none. */
@Timeout(60)
class AtomicBindTest {
    private static final int LOOPS = 4;

    static Stream<Arguments> everyListenerOfEveryEngine() {
        return TestEngines.all().flatMap(engine -> Stream.of(1, 2, 3).map(k -> Arguments.of(engine, k)));
    }

    @ParameterizedTest
    @MethodSource("everyListenerOfEveryEngine")
    void closesBoundListenersWhenOneBindFails(Engine wish, int failing) throws Exception {
        LoopEngine genuine = Engines.ladder(wish, 64).get(0);
        CpuTopology topology = CpuTopology.read();
        List<PinnedLoop> loops =
                LoopStarter.start(genuine, PlacementPolicy.none().plan(topology, LOOPS), "atomic", topology.allowed());
        AcceptingLoops accepting = new AcceptingLoops(
                withoutReuseportFrom(genuine, failing),
                loops,
                SteeringPolicy.receivingCpu(),
                OwnershipPolicy.FOLLOW_PACKETS,
                CpuOwners.of(loops, topology));
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try {
            ChannelFuture bound = new ServerBootstrap()
                    .group(loops.get(0).eventLoop())
                    .channel(FastSocketServerSocketChannel.class)
                    .childHandler(new ChannelInboundHandlerAdapter())
                    .bind("127.0.0.1", port);
            assertThat(bound.await(10, TimeUnit.SECONDS)).isTrue();

            // Member k has no SO_REUSEPORT: the kernel itself refuses it.
            assertThat(bound.cause()).isInstanceOf(BindException.class).hasMessageContaining(":" + port);
            assertThat(ListeningSockets.countOn(port)).isZero();
            ListeningSockets.requireFree(new InetSocketAddress("127.0.0.1", port));
            assertThat(accepting.servers()).isEmpty();
        } finally {
            for (PinnedLoop loop : loops) {
                genuine.closeChannels(loop.eventLoop()).join();
                loop.group().shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
            }
            accepting.forget();
        }
    }

    /** The genuine engine, but from its k-th listener on it leaves the option out. */
    private static LoopEngine withoutReuseportFrom(LoopEngine genuine, int failing) {
        AtomicInteger listeners = new AtomicInteger();
        InvocationHandler leaveOut = (proxy, method, arguments) -> {
            if (method.getName().equals("reusePort") && listeners.getAndIncrement() >= failing) {
                return null;
            }
            try {
                return method.invoke(genuine, arguments);
            } catch (InvocationTargetException thrown) {
                throw thrown.getCause();
            }
        };
        return (LoopEngine)
                Proxy.newProxyInstance(LoopEngine.class.getClassLoader(), new Class<?>[] {LoopEngine.class}, leaveOut);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void optionsReachEveryListener(Engine wish) throws Exception {
        LoopEngine engine = Engines.ladder(wish, 64).get(0);
        CpuTopology topology = CpuTopology.read();
        List<PinnedLoop> loops =
                LoopStarter.start(engine, PlacementPolicy.none().plan(topology, LOOPS), "options", topology.allowed());
        AcceptingLoops accepting = new AcceptingLoops(
                engine,
                loops,
                SteeringPolicy.receivingCpu(),
                OwnershipPolicy.FOLLOW_PACKETS,
                CpuOwners.of(loops, topology));
        try {
            EventLoop home = loops.get(0).eventLoop();
            FastSocketServerSocketChannel server = (FastSocketServerSocketChannel) new ServerBootstrap()
                    .group(home)
                    .channel(FastSocketServerSocketChannel.class)
                    .option(ChannelOption.SO_BACKLOG, 17)
                    .option(ChannelOption.SO_RCVBUF, 65_536)
                    .childHandler(new ChannelInboundHandlerAdapter())
                    .bind("127.0.0.1", 0)
                    .sync()
                    .channel();
            AtomicInteger seen = new AtomicInteger();

            server.forEachListener(listener -> {
                seen.incrementAndGet();
                assertOptions(listener, 17);
            });
            assertThat(seen).hasValue(LOOPS);
            server.config().setOption(ChannelOption.SO_RCVBUF, 131_072);
            server.forEachListener(listener ->
                    assertThat(listener.config().getReceiveBufferSize()).isGreaterThanOrEqualTo(131_072));
            server.close().sync();
        } finally {
            for (PinnedLoop loop : loops) {
                engine.closeChannels(loop.eventLoop()).join();
                loop.group().shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
            }
            accepting.forget();
        }
    }

    private static void assertOptions(ServerSocketChannel listener, int backlog) {
        assertThat(listener.config().getBacklog()).isEqualTo(backlog);
        assertThat(listener.config().getReceiveBufferSize()).isBetween(65_536, 131_072);
        // Comes with channelActive, after the bind has completed.
        await().atMost(10, TimeUnit.SECONDS).until(() -> listener.config().isAutoRead());
    }
}
