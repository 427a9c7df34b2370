package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many short connections, each of which the server closes: file descriptor numbers are used again at once. */
@Timeout(120)
class ConnectionChurnTest {
    private static final int CLIENTS = 32;
    private static final int CONNECTIONS_PER_CLIENT = 1_500;
    private static final int END_OF_STREAM_MILLIS_MAX = 5_000;

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void everyClientSeesTheEndOfItsConnection(Engine engine) throws Exception {
        FastSocketEventLoopGroup group =
                FastSocketEventLoopGroup.builder().engine(engine).build();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            Channel server = new ServerBootstrap()
                    .group(group)
                    .channel(FastSocketServerSocketChannel.class)
                    .childHandler(new ServerChannelTest.Greet())
                    .bind("127.0.0.1", 0)
                    .sync()
                    .channel();
            InetSocketAddress address = (InetSocketAddress) server.localAddress();

            List<Future<Integer>> stuck = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                stuck.add(clients.submit(() -> churn(address)));
            }
            for (Future<Integer> client : stuck) {
                assertThat(client.get(100, TimeUnit.SECONDS))
                        .describedAs("connections without an end of stream")
                        .isZero();
            }
            assertThat(group.loopStats().stream().mapToLong(LoopStats::accepted).sum())
                    .isEqualTo((long) CLIENTS * CONNECTIONS_PER_CLIENT);
        } finally {
            clients.shutdownNow();
            assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    private static int churn(InetSocketAddress address) throws Exception {
        for (int i = 0; i < CONNECTIONS_PER_CLIENT; i++) {
            try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                client.setSoTimeout(END_OF_STREAM_MILLIS_MAX);
                assertThat(client.getInputStream().readAllBytes()).containsExactly('!');
            } catch (java.net.SocketTimeoutException noEnd) {
                return 1;
            }
        }
        return 0;
    }
}
