package io.fastsocket.transport.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.PlacementPolicy;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.Socket;
import io.netty.incubator.channel.uring.IOUringServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchedAcceptTest {
    private static final int CONNECTIONS = 10;

    private final List<java.net.Socket> clients = new ArrayList<>();
    private final BlockingQueue<Integer> batches = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> errors = new LinkedBlockingQueue<>();
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private PinnedLoop loop;
    private IoUringEngine engine;
    private IOUringServerSocketChannel listener;

    @BeforeEach
    void requireIoUring() {
        assumeThat(new IoUringEngine(64, IoUringGuards.ALL_ON).unavailabilityCause())
                .describedAs("io_uring on this machine")
                .isEmpty();
    }

    @AfterEach
    void end() throws Exception {
        for (java.net.Socket client : clients) {
            client.close();
        }
        accepted.forEach(child -> child.unsafe().closeForcibly());
        loop.eventLoop()
                .submit(() -> engine.closeListener(listener, loop.eventLoop()))
                .sync()
                .getNow()
                .join();
        assertThat(loop.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS))
                .describedAs("the loop ends")
                .isTrue();
    }

    @Test
    void takesAllThatWaitInOneTurn() throws Exception {
        listen(IoUringGuards.ALL_ON);

        connectWhileTheLoopIsBusy(CONNECTIONS);

        assertThat(batches.poll(10, TimeUnit.SECONDS)).isEqualTo(CONNECTIONS);
    }

    @Test
    void withoutItEveryConnectionTakesATurn() throws Exception {
        listen(new IoUringGuards(true, true, true, true, false, true, true, true));

        connectWhileTheLoopIsBusy(CONNECTIONS);

        for (int i = 0; i < CONNECTIONS; i++) {
            assertThat(batches.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void aFloodIsTakenInBatchesThatLeaveTheLoopTime() throws Exception {
        listen(IoUringGuards.ALL_ON);

        connectWhileTheLoopIsBusy(BatchedAccept.ACCEPTS_PER_TURN_MAX + 1);

        assertThat(batches.poll(10, TimeUnit.SECONDS)).isEqualTo(BatchedAccept.ACCEPTS_PER_TURN_MAX);
        assertThat(batches.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void childrenKnowTheirAddresses() throws Exception {
        listen(IoUringGuards.ALL_ON);

        connectWhileTheLoopIsBusy(1);

        assertThat(batches.poll(10, TimeUnit.SECONDS)).isEqualTo(1);
        Channel child = accepted.element();
        assertThat(child.localAddress()).isEqualTo(listener.localAddress());
        assertThat(child.remoteAddress()).isEqualTo(clients.get(0).getLocalSocketAddress());
        assertThat(child.parent()).isSameAs(listener);
    }

    @Test
    void aListenerThatSomebodyElseShutDownSaysSo() throws Exception {
        listen(IoUringGuards.ALL_ON);
        // From here on it has its poll.
        loop.eventLoop().submit(() -> {}).sync();

        ((Socket) listener.fd()).shutdown();

        assertThat(errors.poll(10, TimeUnit.SECONDS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Invalid argument");
    }

    @Test
    void aCloseBetweenTheEventAndItsTaskIsNotLost() throws Exception {
        listen(IoUringGuards.ALL_ON);
        CountDownLatch waited = new CountDownLatch(1);
        loop.eventLoop()
                .submit(() -> {
                    IncubatorAccess.beginRead(listener);
                    ChannelFuture closed = listener.close();
                    if (!closed.isDone()) {
                        waited.countDown();
                    }
                    IncubatorAccess.endRead(listener);
                })
                .sync();

        assertThat(waited.getCount()).isZero();
        assertThat(listener.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
    }

    private void connectWhileTheLoopIsBusy(int connections) throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        loop.eventLoop().execute(() -> {
            busy.countDown();
            try {
                free.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        busy.await();
        for (int i = 0; i < connections; i++) {
            clients.add(new java.net.Socket(
                    InetAddress.getLoopbackAddress(), listener.localAddress().getPort()));
        }
        free.countDown();
    }

    private void listen(IoUringGuards guards) throws Exception {
        engine = new IoUringEngine(256, guards);
        CpuTopology topology = CpuTopology.read();
        loop = LoopStarter.start(engine, PlacementPolicy.onePerCpu().plan(topology, 1), "accept", topology.allowed())
                .get(0);
        listener = (IOUringServerSocketChannel) engine.newListener();
        engine.prepareAccept(listener, listener);
        listener.pipeline().addLast(new Recorder());
        loop.eventLoop().register(listener).sync();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .sync();
    }

    private final class Recorder extends ChannelInboundHandlerAdapter {
        private int inThisTurn;

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object child) {
            inThisTurn++;
            accepted.add((Channel) child);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            if (inThisTurn > 0) {
                batches.add(inThisTurn);
            }
            inThisTurn = 0;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            errors.add(cause);
            ctx.close();
        }
    }
}
