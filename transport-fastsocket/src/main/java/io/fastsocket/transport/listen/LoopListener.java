package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.kernel.ListenQueue;
import io.fastsocket.transport.kernel.SocketOptions;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * One loop's listener of one server channel, as it is seen from outside. Safe for use by any thread. Two are equal when
 * they stand for the same listener.
 */
public final class LoopListener {
    private final InetSocketAddress address;
    private final PinnedLoop loop;
    private final ServerSocketChannel listener;
    private final LoopEngine engine;

    LoopListener(InetSocketAddress address, PinnedLoop loop, ServerSocketChannel listener, LoopEngine engine) {
        this.address = address;
        this.loop = loop;
        this.listener = listener;
        this.engine = engine;
    }

    /** Where the server channel listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** The loop that accepts, from 0. */
    public int loopIndex() {
        return loop.index();
    }

    /** What waits to be accepted, asked of the kernel now; empty on NIO and once the listener is closed. */
    public Optional<Queue> queue() {
        Socket socket = engine.socketOf(listener);
        if (socket == null) {
            return Optional.empty();
        }
        try {
            ListenQueue queue = SocketOptions.listenQueue(socket);
            return Optional.of(new Queue(queue.length(), queue.limit(), queue.dropped()));
        } catch (IOException closed) {
            return Optional.empty();
        }
    }

    /**
     * The queue of a listener.
     *
     * @param length connections that are established and wait for accept(2)
     * @param limit the most that may wait: the backlog, at most net.core.somaxconn. The kernel takes one more
     * @param dropped packets that were dropped at the listener since it was opened: SYNs and final ACKs, most often because the queue
     *     was full
     */
    public record Queue(long length, long limit, long dropped) {}

    @Override
    public boolean equals(Object other) {
        return other instanceof LoopListener that && that.listener == listener;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(listener);
    }

    @Override
    public String toString() {
        return address + ", loop " + loop.index();
    }
}
