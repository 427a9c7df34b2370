package io.fastsocket.transport.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ThreadPerTaskExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A file number comes back while an event of its last owner waits. One epoll_wait(2) tells of a connection with input, then of some that
 * their peers have reset; the handler of the first closes those and opens others, which get their numbers.
 */
@Timeout(60)
class EpollFileNumberTest {
    private static final int SOCKETS = 8;
    private static final int WAIT_MILLIS_MAX = 10_000;

    private final HeardBytes bytes = new HeardBytes();
    private final BlockingQueue<Object> heard = bytes.queue();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private EventLoopGroup group;
    private EventLoop loop;
    private ServerSocket peer;

    /** What is opened when the numbers are free. */
    enum Opened {
        OUTGOING,
        OUTGOING_MADE_BY_ANOTHER_THREAD,
        DATAGRAMS
    }

    @BeforeEach
    void begin() throws IOException {
        peer = new ServerSocket(0, 2 * SOCKETS, InetAddress.getLoopbackAddress());
        peer.setSoTimeout(WAIT_MILLIS_MAX);
        toClose.add(peer);
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable resource : toClose) {
            resource.close();
        }
        assertThat(group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS))
                .describedAs("the loop ends")
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void noEventOfTheLastOwnerReachesTheNext(Opened what) throws Exception {
        start(new EpollEngine().newLoop(new ThreadPerTaskExecutor(Thread::new)));

        assertThat(openedWhileEventsWait(what)).containsOnly(7).hasSize(SOCKETS);
    }

    /** Why there is a map of ours. */
    @Test
    void anEventOfTheLastOwnerEndsTheNextInStockNetty() throws Exception {
        start(new EpollEventLoopGroup(1));

        assertThat(openedWhileEventsWait(Opened.OUTGOING)).hasAtLeastOneElementOfType(IOException.class);
    }

    private void start(EventLoopGroup started) {
        group = started;
        loop = group.next();
    }

    /** Answers what each of those heard that were opened. */
    private List<Object> openedWhileEventsWait(Opened what) throws Exception {
        Channel readable = connected();
        Socket peerOfReadable = peer.accept();
        List<Channel> closed = new ArrayList<>();
        List<Integer> freed = new ArrayList<>();
        List<Socket> resetting = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            closed.add(connected());
            freed.add(numberOf(closed.get(i)));
            resetting.add(peer.accept());
        }
        List<Integer> numbers = new ArrayList<>();
        onRead(readable, () -> {
            closed.forEach(Channel::close);
            for (int i = 0; i < SOCKETS; i++) {
                open(what, numbers);
            }
        });

        withTheLoopBusy(() -> {
            peerOfReadable.getOutputStream().write(1);
            for (Socket socket : resetting) {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        });

        if (what != Opened.DATAGRAMS) {
            CompletableFuture.runAsync(() -> bytes.sendToAccepted(peer, SOCKETS, toClose));
        }
        List<Object> told = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            told.add(heard.poll(10, TimeUnit.SECONDS));
        }
        assertThat(numbers).describedAs("file numbers of what was opened").containsAnyElementsOf(freed);
        return told;
    }

    private Channel connected() throws InterruptedException {
        return new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect(peer.getLocalSocketAddress())
                .sync()
                .channel();
    }

    private static int numberOf(Channel channel) {
        return ((UnixChannel) channel).fd().intValue();
    }

    private static void onRead(Channel channel, Runnable action) {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                ReferenceCountUtil.release(msg);
                action.run();
            }
        });
    }

    private interface Happens {
        void happen() throws IOException;
    }

    /** One wait tells the loop of all that happens. */
    private void withTheLoopBusy(Happens what) throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch ready = new CountDownLatch(1);
        loop.execute(() -> {
            busy.countDown();
            try {
                assertThat(ready.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new CompletionException(e);
            }
        });
        assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
        what.happen();
        ready.countDown();
    }

    private void open(Opened what, List<Integer> numbers) {
        switch (what) {
            case OUTGOING -> connect(EpollSocketChannel::new, numbers);
            case OUTGOING_MADE_BY_ANOTHER_THREAD ->
                connect(
                        () -> CompletableFuture.supplyAsync(EpollSocketChannel::new)
                                .join(),
                        numbers);
            case DATAGRAMS ->
                new Bootstrap()
                        .group(loop)
                        .channelFactory(() -> counted(new EpollDatagramChannel(), numbers))
                        .handler(bytes.handler())
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .addListener((ChannelFuture bound) ->
                                CompletableFuture.runAsync(() -> bytes.sendDatagramTo(bound.channel())));
        }
    }

    private void connect(Supplier<Channel> newSocket, List<Integer> numbers) {
        new Bootstrap()
                .group(loop)
                .channelFactory(() -> counted(newSocket.get(), numbers))
                .handler(bytes.handler())
                .connect(peer.getLocalSocketAddress())
                .addListener(connecting -> {
                    if (!connecting.isSuccess()) {
                        heard.add(connecting.cause());
                    }
                });
    }

    private static Channel counted(Channel channel, List<Integer> numbers) {
        numbers.add(numberOf(channel));
        return channel;
    }
}
