package io.fastsocket.transport.engine;

import io.fastsocket.transport.kernel.SocketOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import io.netty.incubator.channel.uring.IOUringServerSocketChannel;
import io.netty.util.UncheckedBooleanSupplier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Takes all connections that wait at an io_uring listener once the ring says that there are some. The incubator answers
 * each such event with one ACCEPT, waits for its completion, and arms the next poll; here a task accepts in a loop
 * instead, as many as the kernel says there are.
 *
 * <p>It comes in through the listener's receive allocator, whose handle is reset at the start of each read: the read is
 * marked as begun, so that the incubator submits nothing, and ended by the task. One per listener, used by its loop.
 */
final class BatchedAccept implements RecvByteBufAllocator {
    /** Connections taken in one turn, so that a flood does not keep the loop from those it has. */
    static final int ACCEPTS_PER_TURN_MAX = 64;

    /** One length byte and at most 24 bytes of address: 16 of IPv6, 4 of scope, 4 of port. */
    private static final int ADDRESS_BYTES = 25;

    private final IOUringServerSocketChannel listener;
    private final Channel parent;
    private final RecvByteBufAllocator users;
    private final byte[] address = new byte[ADDRESS_BYTES];
    private final ByteBuffer queueInfo = SocketOptions.newQueueLengthBuffer();
    private final List<Channel> children = new ArrayList<>(ACCEPTS_PER_TURN_MAX);

    private BatchedAccept(IOUringServerSocketChannel listener, Channel parent) {
        this.listener = listener;
        this.parent = parent;
        this.users = listener.config().getRecvByteBufAllocator();
    }

    /**
     * Makes {@code listener} accept in batches from now on, with {@code parent} as its connections' parent.
     *
     * @return whether that is possible
     */
    static boolean install(IOUringServerSocketChannel listener, Channel parent) {
        if (!IncubatorAccess.available()) {
            return false;
        }
        BatchedAccept accept = new BatchedAccept(listener, parent);
        listener.config().setRecvByteBufAllocator(accept);
        // The channel keeps the first handle it makes, whatever allocator is set later.
        listener.unsafe().recvBufAllocHandle();
        listener.config().setRecvByteBufAllocator(accept.users);
        return true;
    }

    @Override
    @SuppressWarnings("deprecation")
    public Handle newHandle() {
        return new ReadBegins((ExtendedHandle) users.newHandle());
    }

    private void readBegins() {
        if (!listener.isOpen()) {
            // The poll was ended by the close, whose clean-up must not find a read outstanding.
            return;
        }
        try {
            // A task, and therefore after all events that are there by now: see IoUringEngine.prepareAccept().
            listener.eventLoop().execute(this::acceptAll);
            IncubatorAccess.beginRead(listener);
        } catch (RejectedExecutionException shuttingDown) {
            // The incubator's own ACCEPT goes out, as its shutdown expects.
        }
    }

    private void acceptAll() {
        IncubatorAccess.endRead(listener);
        if (!listener.isOpen()) {
            return;
        }
        ChannelPipeline pipeline = listener.pipeline();
        Throwable failure = fillChildren();
        children.forEach(pipeline::fireChannelRead);
        children.clear();
        if (failure != null) {
            // Before the next read, which a listener that rests does not want.
            pipeline.fireExceptionCaught(failure);
        }
        pipeline.fireChannelReadComplete();
    }

    /**
     * Accepts before any connection is registered: what its handlers do may free the number of its file.
     *
     * @return what ended it, or null
     */
    private @Nullable Throwable fillChildren() {
        try {
            Socket socket = (Socket) listener.fd();
            // At least one: a listener that is not what it was tells so by the error of accept(2) alone.
            int waiting = Math.max(1, SocketOptions.queueLength(socket, queueInfo));
            for (int i = Math.min(waiting, ACCEPTS_PER_TURN_MAX); i > 0; i--) {
                int fd = socket.accept(address);
                if (fd < 0) {
                    break;
                }
                children.add(IncubatorAccess.newChild(parent, fd, NativeInetAddress.address(address, 1, address[0])));
            }
            return null;
        } catch (IOException | RuntimeException | Error failed) {
            return failed;
        }
    }

    private final class ReadBegins extends DelegatingHandle implements ExtendedHandle {
        ReadBegins(ExtendedHandle users) {
            super(users);
        }

        @Override
        public void reset(ChannelConfig config) {
            super.reset(config);
            readBegins();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return ((ExtendedHandle) delegate()).continueReading(maybeMoreData);
        }
    }
}
