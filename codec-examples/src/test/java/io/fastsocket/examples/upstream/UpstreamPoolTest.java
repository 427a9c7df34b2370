package io.fastsocket.examples.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a user of the pool sees, against a real upstream. */
@ParameterizedClass
@EnumSource(value = Engine.class, mode = EnumSource.Mode.EXCLUDE, names = "AUTO")
@Timeout(60)
final class UpstreamPoolTest {
    private static final PoolSettings SMALL =
            new PoolSettings(2, 1, Duration.ofMillis(300), Duration.ofSeconds(2), Duration.ofSeconds(30));

    private final Engine engine;
    private final Set<Channel> local = ConcurrentHashMap.newKeySet();
    private FastSocketEventLoopGroup group;
    private EventLoop loop;
    private ServerSocket server;
    private Upstream upstream;
    private UpstreamPool pool;

    UpstreamPoolTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeEach
    void start() throws IOException {
        try {
            group = FastSocketEventLoopGroup.builder().engine(engine).loops(1).build();
        } catch (IllegalStateException e) {
            Assumptions.abort(engine + ": " + e.getMessage());
        }
        loop = group.next();
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server.setSoTimeout(10_000);
        upstream = new Upstream("127.0.0.1", server.getLocalPort());
        pool = pool(SMALL, channel -> {});
    }

    @AfterEach
    void stop() throws Exception {
        if (group == null) {
            return;
        }
        pool.close();
        server.close();
        assertThat(group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS))
                .isTrue();
    }

    private UpstreamPool pool(PoolSettings settings, Consumer<Channel> initializer) {
        Bootstrap template = new Bootstrap().channelFactory(group.socketChannelFactory());
        return new UpstreamPool(loop, template, settings, initializer, local::contains);
    }

    private <T> T onLoop(Callable<T> call) throws Exception {
        return loop.submit(call).get(10, TimeUnit.SECONDS);
    }

    private void onLoop(Runnable run) throws Exception {
        loop.submit(run).get(10, TimeUnit.SECONDS);
    }

    private Future<PooledConnection> acquiring() throws Exception {
        Future<PooledConnection> acquiring = onLoop(() -> pool.acquire(upstream));
        return acquiring;
    }

    private PooledConnection acquire() throws Exception {
        return acquiring().get(10, TimeUnit.SECONDS);
    }

    private void release(PooledConnection connection) throws Exception {
        onLoop(connection::release);
        // The connection is in the pool one turn of the loop later.
        onLoop(() -> {});
    }

    private UpstreamException failure(Future<PooledConnection> acquiring) throws Exception {
        assertThat(acquiring.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(acquiring.cause()).isInstanceOf(UpstreamException.class);
        return (UpstreamException) acquiring.cause();
    }

    @Test
    void handsOutAConnectionThatWasGivenBack() throws Exception {
        PooledConnection first = acquire();
        assertThat(first.reused()).isFalse();
        release(first);
        PooledConnection second = acquire();
        assertThat(second.channel()).isSameAs(first.channel());
        assertThat(second.reused()).isTrue();
        assertThat(pool.stats()).isEqualTo(new PoolStats(1, 1, 0, 0, 0));
    }

    @Test
    void givesBackOnceHoweverOftenItIsTold() throws Exception {
        PooledConnection first = acquire();
        release(first);
        release(first);
        onLoop(first::discard);
        assertThat(onLoop(() -> pool.idleCount(upstream))).isEqualTo(1);
        assertThat(onLoop(() -> pool.acquiredCount(upstream))).isZero();
    }

    @Test
    void neverHandsOutWhatWasDiscarded() throws Exception {
        PooledConnection first = acquire();
        onLoop(first::discard);
        PooledConnection second = acquire();
        assertThat(second.channel()).isNotSameAs(first.channel());
        assertThat(first.channel().closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.stats()).isEqualTo(new PoolStats(0, 2, 0, 0, 1));
    }

    @Test
    void neverHandsOutWhatIsStillClosing() throws Exception {
        PooledConnection first = acquire();
        // More than the socket buffers take: on io_uring the close waits for the write that is outstanding.
        onLoop(() -> first.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[32 << 20])));
        Future<PooledConnection> next = onLoop(() -> {
            first.discard();
            return pool.acquire(upstream);
        });
        assertThat(next.get(10, TimeUnit.SECONDS).channel()).isNotSameAs(first.channel());
    }

    @Test
    void opensNoMoreConnectionsThanItMay() throws Exception {
        PooledConnection first = acquire();
        acquire();
        Future<PooledConnection> third = acquiring();
        assertThat(third.isDone()).isFalse();
        release(first);
        assertThat(third.get(10, TimeUnit.SECONDS).channel()).isSameAs(first.channel());
        assertThat(pool.stats().misses()).isEqualTo(2);
    }

    @Test
    void letsNoMoreAcquiresWaitThanItMay() throws Exception {
        acquire();
        acquire();
        acquiring();
        UpstreamException failure = failure(acquiring());
        assertThat(failure.reason()).isEqualTo(UpstreamException.Reason.TOO_MANY_PENDING);
        assertThat(failure)
                .hasMessage("cannot acquire a connection to " + upstream + ": pending=1 (expected less): all 2"
                        + " connections of this loop are in use; fix: allow more, or find out what makes the upstream"
                        + " slow");
    }

    @Test
    void letsNoAcquireWaitForLongerThanItMay() throws Exception {
        acquire();
        acquire();
        UpstreamException failure = failure(acquiring());
        assertThat(failure.reason()).isEqualTo(UpstreamException.Reason.ACQUIRE_TIMEOUT);
        assertThat(failure).hasMessageContaining("waited=PT0.3S (expected less)");
    }

    @Test
    void saysThatTheUpstreamCannotBeConnectedTo() throws Exception {
        server.close();
        UpstreamException failure = failure(acquiring());
        assertThat(failure.reason()).isEqualTo(UpstreamException.Reason.CONNECT_FAILED);
        assertThat(failure)
                .hasMessageContaining("cannot acquire a connection to " + upstream)
                .hasMessageContaining("Connection refused");
        assertThat(onLoop(() -> pool.acquiredCount(upstream))).isZero();
    }

    @Test
    void closesWhatIsIdleForTooLong() throws Exception {
        pool.close();
        pool = pool(
                new PoolSettings(2, 1, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(100)), ch -> {});
        PooledConnection first = acquire();
        PooledConnection second = acquire();
        release(first);
        release(second);
        assertThat(first.channel().closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(second.channel().closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.stats()).isEqualTo(new PoolStats(0, 2, 2, 0, 0));
        assertThat(onLoop(() -> pool.idleCount(upstream))).isZero();
    }

    @Test
    void closesAnIdleConnectionThatTheUpstreamEnds() throws Exception {
        PooledConnection first = acquire();
        try (Socket accepted = server.accept()) {
            release(first);
            assertThat(onLoop(() -> pool.idleCount(upstream))).isEqualTo(1);
            accepted.shutdownOutput();
            assertThat(first.channel().closeFuture().await(10, TimeUnit.SECONDS))
                    .isTrue();
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> pool.stats().lost() == 1);
        assertThat(onLoop(() -> pool.idleCount(upstream))).isZero();
    }

    @Test
    void closesAnIdleConnectionThatTheUpstreamSendsOn() throws Exception {
        PooledConnection first = acquire();
        try (Socket accepted = server.accept()) {
            release(first);
            accepted.getOutputStream().write('!');
            assertThat(first.channel().closeFuture().await(10, TimeUnit.SECONDS))
                    .isTrue();
        }
        assertThat(acquire().reused()).isFalse();
        assertThat(pool.stats().lost()).isEqualTo(1);
    }

    @Test
    void doesNotHandOutAConnectionOnWhichSomethingWaitsUnread() throws Exception {
        for (boolean ends : new boolean[] {false, true}) {
            PooledConnection first = acquire();
            try (Socket accepted = server.accept()) {
                release(first);
                // The loop is asked for the connection before it can have seen what came: it is in this very task.
                Future<PooledConnection> next = onLoop(() -> {
                    if (ends) {
                        accepted.shutdownOutput();
                    } else {
                        accepted.getOutputStream().write('!');
                    }
                    return pool.acquire(upstream);
                });
                PooledConnection second = next.get(10, TimeUnit.SECONDS);
                assertThat(second.channel()).isNotSameAs(first.channel());
                assertThat(second.reused()).isFalse();
                assertThat(first.channel().closeFuture().await(10, TimeUnit.SECONDS))
                        .isTrue();
                onLoop(second::discard);
                server.accept().close();
            }
        }
        assertThat(pool.stats().lost()).isEqualTo(2);
    }

    @Test
    void closesAConnectionWhoseUserLeftInputBehind() throws Exception {
        PooledConnection first = acquire();
        Promise<Void> paused = loop.newPromise();
        onLoop(() -> first.channel().pipeline().addLast(new SimpleChannelInboundHandler<ByteBuf>() {
            @Override
            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
                ctx.channel().config().setAutoRead(false);
                ctx.pipeline().remove(this);
                paused.setSuccess(null);
            }
        }));
        try (Socket accepted = server.accept()) {
            accepted.getOutputStream().write('!');
            assertThat(paused.await(10, TimeUnit.SECONDS)).isTrue();
            accepted.getOutputStream().write('!');
            release(first);
            assertThat(first.channel().closeFuture().await(10, TimeUnit.SECONDS))
                    .isTrue();
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> pool.stats().lost() == 1);
    }

    @Test
    void keepsWhatADecoderHoldsBehindAnAnswerFromTheNextUser() throws Exception {
        pool.close();
        // Makes two messages of one read, as a decoder does of two answers in one segment.
        pool = pool(SMALL, channel -> channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ByteBuf bytes = (ByteBuf) message;
                while (bytes.isReadable()) {
                    ctx.fireChannelRead(bytes.readRetainedSlice(1));
                }
                bytes.release();
            }
        }));
        PooledConnection first = acquire();
        PooledConnection second = acquire();
        Promise<PooledConnection> waiting = loop.newPromise();
        onLoop(() -> {
            pool.acquire(upstream).addListener((Future<PooledConnection> done) -> {
                if (done.isSuccess()) {
                    waiting.setSuccess(done.getNow());
                } else {
                    waiting.setFailure(done.cause());
                }
            });
            first.channel().pipeline().addLast(new ReleaseAtFirstMessage(first));
        });
        try (Socket accepted = server.accept()) {
            accepted.getOutputStream().write(new byte[] {1, 2});
            PooledConnection next = waiting.get(10, TimeUnit.SECONDS);
            assertThat(next.channel()).isNotSameAs(first.channel());
            assertThat(next.reused()).isFalse();
        }
        assertThat(second.channel().isActive()).isTrue();
        assertThat(pool.stats().lost()).isEqualTo(1);
    }

    private static final class ReleaseAtFirstMessage extends SimpleChannelInboundHandler<ByteBuf> {
        private final PooledConnection connection;

        ReleaseAtFirstMessage(PooledConnection connection) {
            this.connection = connection;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
            ctx.pipeline().remove(this);
            connection.release();
        }
    }

    @Test
    void prefersAConnectionWhosePacketsAreLocal() throws Exception {
        PooledConnection first = acquire();
        PooledConnection second = acquire();
        local.add(first.channel());
        release(first);
        release(second);
        assertThat(acquire().channel()).as("local, though used longer ago").isSameAs(first.channel());
        assertThat(acquire().channel()).as("the other rather than none").isSameAs(second.channel());
    }

    @Test
    void handsOutTheLastUsedFirst() throws Exception {
        PooledConnection first = acquire();
        PooledConnection second = acquire();
        release(second);
        release(first);
        assertThat(acquire().channel()).isSameAs(first.channel());
    }

    @Test
    void closesEverythingWhenItIsClosed() throws Exception {
        PooledConnection inUse = acquire();
        PooledConnection idle = acquire();
        Future<PooledConnection> waiting = acquiring();
        onLoop(idle::release);
        PooledConnection third = waiting.get(10, TimeUnit.SECONDS);
        Future<PooledConnection> alsoWaiting = acquiring();
        onLoop(third::release);
        PooledConnection fourth = alsoWaiting.get(10, TimeUnit.SECONDS);
        release(fourth);
        pool.close();
        assertThat(fourth.channel().closeFuture().await(10, TimeUnit.SECONDS))
                .as("idle")
                .isTrue();
        assertThat(inUse.channel().isActive()).as("in use").isTrue();
        onLoop(inUse::release);
        assertThat(inUse.channel().closeFuture().await(10, TimeUnit.SECONDS))
                .as("given back")
                .isTrue();
        assertThat(failure(acquiring()).reason()).isEqualTo(UpstreamException.Reason.CLOSED);
    }

    @Test
    void carriesBytes() throws Exception {
        List<ByteBuf> received = new ArrayList<>();
        PooledConnection connection = acquire();
        onLoop(() -> {
            connection.channel().pipeline().addLast(new SimpleChannelInboundHandler<ByteBuf>() {
                @Override
                protected void channelRead0(ChannelHandlerContext ctx, ByteBuf message) {
                    received.add(Unpooled.copiedBuffer(message));
                }
            });
            connection.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7}));
        });
        try (Socket accepted = server.accept()) {
            accepted.setSoTimeout(10_000);
            assertThat(accepted.getInputStream().read()).isEqualTo(7);
            accepted.getOutputStream().write(8);
            await().atMost(Duration.ofSeconds(10)).until(() -> onLoop(() -> received.size() == 1));
        }
    }

    @Test
    void refusesAnotherThread() {
        assertThatThrownBy(() -> pool.acquire(upstream))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("(expected the pool's event loop)");
    }

    @Test
    void refusesSettingsOutOfRange() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new PoolSettings(0, 1, second, second, second))
                .hasMessage("cannot make a pool of connections: connectionsMax=0 (expected 1 to 65536): it is out of"
                        + " range; fix: give a value in it");
        assertThatThrownBy(() -> new PoolSettings(1, 1, second, Duration.ZERO, second))
                .hasMessageContaining("connectTimeout=PT0S (expected PT0.001S to PT1H)");
        assertThatThrownBy(() -> new PoolSettings(1, 1, second, second, Duration.ofSeconds(-1)))
                .hasMessageContaining("idleTimeout=PT-1S (expected PT0S to PT24H)");
    }
}
