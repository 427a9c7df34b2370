package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server channel of a separate boss group listens on the loops of the workers. It must end with either. */
@Timeout(60)
class BossGroupTest {
    private static final int END_SECONDS_MAX = 10;

    private FastSocketEventLoopGroup boss;
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

    private Channel bind(Engine engine) throws InterruptedException {
        boss = FastSocketEventLoopGroup.builder().engine(engine).loops(1).build();
        workers = FastSocketEventLoopGroup.builder().engine(engine).build();
        return new ServerBootstrap()
                .group(boss, workers)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    private static void shutDown(FastSocketEventLoopGroup group) throws InterruptedException {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        assertThat(group.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
    }
}
