package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server channel of a separate boss group listens on the loops of the workers. It must end with either. */
@Timeout(60)
class BossGroupTest {
    private static final int END_SECONDS_MAX = 10;

    private EventLoopGroup boss;
    private FastSocketEventLoopGroup workers;

    @AfterEach
    void end() {
        boss.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        workers.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void endOfTheBossesClosesTheServer(Engine engine) throws Exception {
        Channel server = bind(engine);
        int port = ((InetSocketAddress) server.localAddress()).getPort();

        shutDown(boss);

        assertThat(server.isOpen()).isFalse();
        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
        shutDown(workers);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void endOfTheWorkersClosesTheServer(Engine engine) throws Exception {
        Channel server = bind(engine);

        shutDown(workers);

        assertThat(server.closeFuture().await(END_SECONDS_MAX, TimeUnit.SECONDS))
                .isTrue();
        shutDown(boss);
    }

    /** Its loop does not know of the server channel, and takes no tasks when it has ended. */
    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void endOfABossGroupOfNettysClosesTheServer(Engine engine) throws Exception {
        Channel server = bind(engine, new NioEventLoopGroup(1));
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        server.closeFuture().addListener(closed -> told.complete(true));

        shutDown(boss);

        assertThat(server.isOpen()).isFalse();
        assertThat(server.closeFuture().await(END_SECONDS_MAX, TimeUnit.SECONDS))
                .isTrue();
        assertThat(told.get(END_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
        shutDown(workers);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void anActionThatFailsKeepsNobodyFromBindAndClose(Engine engine) throws Exception {
        boss = FastSocketEventLoopGroup.builder().engine(engine).loops(1).build();
        workers = FastSocketEventLoopGroup.builder().engine(engine).build();
        AtomicInteger ran = new AtomicInteger();
        workers.onListenersChanged(() -> {
            throw new IllegalStateException("an action that fails");
        });
        workers.onListenersChanged(ran::incrementAndGet);

        Channel server = bind(boss);
        assertThat(ran).hasValue(1);
        assertThat(server.close().await(END_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();

        await().atMost(Duration.ofSeconds(END_SECONDS_MAX)).until(() -> ran.get() > 1);
        assertThatThrownBy(() -> workers.onListenersChanged(null)).isInstanceOf(NullPointerException.class);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void aShutdownMayTakeAnyTime(Engine engine) throws Exception {
        boss = FastSocketEventLoopGroup.builder().engine(engine).loops(1).build();
        workers = FastSocketEventLoopGroup.builder().engine(engine).loops(1).build();

        Future<?> ended = workers.shutdownGracefully(0, Long.MAX_VALUE, TimeUnit.SECONDS);

        assertThat(ended.await(END_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(ended.cause()).isNull();
        assertThat(workers.isTerminated()).isTrue();
    }

    private Channel bind(Engine engine) throws InterruptedException {
        return bind(
                engine,
                FastSocketEventLoopGroup.builder().engine(engine).loops(1).build());
    }

    private Channel bind(Engine engine, EventLoopGroup newBoss) throws InterruptedException {
        boss = newBoss;
        workers = FastSocketEventLoopGroup.builder().engine(engine).build();
        return bind(boss);
    }

    private Channel bind(EventLoopGroup bosses) throws InterruptedException {
        return new ServerBootstrap()
                .group(bosses, workers)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    private static void shutDown(EventLoopGroup group) throws InterruptedException {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        assertThat(group.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    }
}
