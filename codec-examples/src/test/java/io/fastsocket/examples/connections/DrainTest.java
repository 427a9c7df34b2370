package io.fastsocket.examples.connections;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The resets at the end of a server. */
@Timeout(60)
final class DrainTest {
    private final NioEventLoopGroup group = new NioEventLoopGroup(2);

    @AfterEach
    void stop() throws Exception {
        assertThat(group.shutdownGracefully(0, 1, SECONDS).await(10, SECONDS)).isTrue();
    }

    private static Channel connect(EventLoop loop, ServerSocket server) {
        return new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(server.getLocalSocketAddress())
                .syncUninterruptibly()
                .channel();
    }

    @Test
    void countsWhatTheOtherLoopsResetWhereOneIsStuck() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            List<Channel> channels = List.of(connect(group.next(), server), connect(group.next(), server));
            Channel stuck = channels.get(0);
            stuck.eventLoop().execute(() -> awaitUninterruptibly(goOn));

            CompletableFuture<Integer> count =
                    Drain.reset(channels, Channel::eventLoop, List::of, Duration.ofMillis(500));

            assertThat(count.get(20_000, MILLISECONDS)).isEqualTo(1);
            assertThat(channels.get(1).isOpen()).isFalse();
            assertThat(stuck.isOpen()).isTrue();
            goOn.countDown();
            assertThat(stuck.closeFuture().await(20, SECONDS)).isTrue();
        } finally {
            goOn.countDown();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
