package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.incubator.channel.uring.IOUring;
import io.netty.incubator.channel.uring.IOUringDatagramChannel;
import io.netty.incubator.channel.uring.IOUringEventLoop;
import io.netty.incubator.channel.uring.IOUringEventLoopGroup;
import io.netty.incubator.channel.uring.IOUringServerSocketChannel;
import io.netty.incubator.channel.uring.IOUringSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Netty's archived io_uring incubator, and the guards that make it safe to run (see {@link IoUringGuards}). */
final class IoUringEngine implements NativeEngine {
    /**
     * The incubator's own default: no request is ever forced onto a kernel worker, where it would not be done when its submission
     * is ({@link IncubatorAccess#lostRead}).
     */
    private static final int IOSQE_ASYNC_THRESHOLD_NEVER = Integer.MAX_VALUE;

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(IoUringEngine.class);

    private final int ringSizeEntries;
    private final IoUringGuards guards;

    IoUringEngine(int ringSizeEntries, IoUringGuards guards) {
        this.ringSizeEntries = ringSizeEntries;
        this.guards = guards;
        if (!ShutdownOutputHook.isInstalled()) {
            logger.debug("io_uring: shutdownOutput() does not wait for what was flushed before it");
        }
    }

    @Override
    public Engine engine() {
        return Engine.IO_URING;
    }

    @Override
    public Optional<Throwable> unavailabilityCause() {
        return Engines.causeOf(IOUring::unavailabilityCause);
    }

    @Override
    public boolean isLoop(EventExecutor loop) {
        return loop instanceof IOUringEventLoop;
    }

    /** Whoever registers a channel with the loop, past the group too: it gets its guard on the way. */
    @Override
    public EventLoopGroup newLoop(Executor executor) {
        EventLoopGroup group = new IOUringEventLoopGroup(1, executor, ringSizeEntries, IOSQE_ASYNC_THRESHOLD_NEVER);
        if (guards.fileNumbers()) {
            IncubatorRing.install((IOUringEventLoop) group.next(), this::guard);
        }
        return group;
    }

    @Override
    public ServerSocketChannel newListener() {
        return new IOUringServerSocketChannel();
    }

    @Override
    public SocketChannel newSocket() {
        IOUringSocketChannel channel = new IOUringSocketChannel();
        guard(channel);
        return channel;
    }

    @Override
    public Class<? extends SocketChannel> socketChannelClass() {
        return IOUringSocketChannel.class;
    }

    @Override
    public void guard(Channel channel) {
        if (channel instanceof IOUringSocketChannel socket && channel.pipeline().get(IoUringGuard.class) == null) {
            channel.pipeline().addFirst(IoUringGuard.NAME, new IoUringGuard(socket, guards));
        } else if (channel instanceof IOUringDatagramChannel
                && channel.pipeline().get(ClosedWithoutLoop.class) == null) {
            channel.pipeline().addFirst(new ClosedWithoutLoop());
        }
    }

    /**
     * The number of a file closed a moment ago comes back with the next accept, and the incubator tells events apart by
     * that number: the cancelled polls of the old connection would be taken for the new one's, which then is never closed.
     * From a task, the registration comes after the old connection's deregistration, a task too, and after all events that
     * are there by now. Batches are accepted and delivered in such a task; what the incubator accepts is not.
     */
    @Override
    public boolean prepareAccept(ServerSocketChannel listener, Channel parent) {
        return !guards.drainedAccept() || !BatchedAccept.install((IOUringServerSocketChannel) listener, parent);
    }

    /**
     * The incubator only queues the close, and an outstanding poll or accept keeps the file open. Shutting the socket
     * down ends both, and submitting once it is queued makes the kernel close it before the result is done.
     */
    @Override
    public CompletableFuture<@Nullable Void> closeListener(ServerSocketChannel listener, EventLoop loop) {
        CompletableFuture<@Nullable Void> portFree = new CompletableFuture<>();
        shutDown(listener);
        // Once submitted, the kernel has taken the listener out of its group and freed the port.
        listener.close().addListener(closed -> afterSubmission(loop, () -> portFree.complete(null)));
        return portFree;
    }

    /**
     * The incubator's shutdown never ends when a transfer is outstanding at that moment: the close that comes after it
     * needs a task, and a loop that shuts down takes none.
     */
    @Override
    public CompletableFuture<@Nullable Void> closeChannels(EventLoop loop) {
        CompletableFuture<@Nullable Void> allClosed = new CompletableFuture<>();
        try {
            loop.execute(() -> GuardedChannels.ofThisLoop().closeAll(loop, allClosed));
        } catch (RejectedExecutionException alreadyEnded) {
            allClosed.complete(null);
        }
        return allClosed;
    }

    /**
     * Submits at the end of the loop's turn, then runs {@code action}. What a submission in the middle of it closed would give the
     * number of its file to the next connection that a task registers, before the events of the old one are handled: see {@link
     * #prepareAccept}. Called on the loop.
     */
    static void afterSubmission(EventLoop loop, Runnable action) {
        IOUringEventLoop ring = (IOUringEventLoop) loop;
        Runnable submission = () -> {
            ring.submitIO();
            action.run();
        };
        if (ring.isShutdown()) {
            submission.run();
        } else {
            ring.executeAfterEventLoopIteration(submission);
        }
    }

    /**
     * Ends what a connection's close may be waiting for, as close(2) itself would, at the end of the loop's turn: what was written
     * and fits goes into the socket's send buffer, the rest is lost. Called on its loop.
     */
    static void endTransfers(Channel channel) {
        if (channel.isOpen()) {
            afterSubmission(channel.eventLoop(), () -> {
                // Mostly the transfer had completed when this was asked for, and its event has been handled since.
                if (channel.isOpen()) {
                    shutDown(channel);
                }
            });
        }
    }

    /** Ends both directions, and with them the transfers that wait for the peer. */
    static void shutDown(Channel channel) {
        try {
            Socket socket = (Socket) ((UnixChannel) channel).fd();
            if (socket.getSoLinger() == 0) {
                // Its close is to be a reset, and shutdown(2) would be an end: connect(2) to AF_UNSPEC sends the reset
                // now.
                socket.disconnect();
            } else {
                socket.shutdown();
            }
        } catch (IOException | NotYetConnectedException alreadyGone) {
            logger.debug("shutdown(2) failed on {}: nothing left to end", channel, alreadyGone);
        }
    }
}
