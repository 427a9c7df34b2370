package io.fastsocket.transport.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.unix.Socket;
import io.netty.incubator.channel.uring.IOUringServerSocketChannel;
import io.netty.incubator.channel.uring.IOUringSocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@link BatchedAccept} and {@link IoUringGuard} need of the incubator's insides, which are not public: its
 * constructor for an accepted socket, the flag that keeps it from submitting an ACCEPT of its own, and the buffer of an
 * outstanding read. The incubator is archived, so they will not change; where the JVM refuses them, {@link #available()}
 * is false, the incubator accepts as it always did, and a buffer it loses stays lost.
 */
final class IncubatorAccess {
    // Bits of AbstractIOUringChannel.ioState.
    private static final byte POLL_IN_SCHEDULED = 1;
    private static final byte POLL_OUT_SCHEDULED = 1 << 2;
    private static final byte POLL_RDHUP_SCHEDULED = 1 << 3;
    private static final byte POLLS_SCHEDULED = POLL_IN_SCHEDULED | POLL_OUT_SCHEDULED | POLL_RDHUP_SCHEDULED;
    private static final byte WRITE_SCHEDULED = 1 << 4;
    private static final byte READ_SCHEDULED = 1 << 5;
    private static final byte CONNECT_SCHEDULED = 1 << 6;

    // Of poll(2).
    private static final int POLLIN = 1;
    private static final int POLLOUT = 4;
    private static final int POLLRDHUP = 0x2000;

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(IncubatorAccess.class);

    /**
     * A record, whose components the compiler takes for constants.
     *
     * @param newChild {@code (Channel parent, int fd, SocketAddress remote) -> Channel}
     * @param ioState {@code byte AbstractIOUringChannel.ioState}
     * @param processDelayedClose {@code (Channel.Unsafe) -> void}
     * @param readBuffer {@code ByteBuf AbstractIOUringStreamChannel.IOUringStreamUnsafe.readBuffer}
     */
    private record Handles(
            MethodHandle newChild, VarHandle ioState, MethodHandle processDelayedClose, VarHandle readBuffer) {}

    private static final @Nullable Handles HANDLES = find();

    private IncubatorAccess() {}

    static boolean available() {
        return HANDLES != null;
    }

    private static Handles handles() {
        return Objects.requireNonNull(HANDLES);
    }

    private static @Nullable Handles find() {
        try {
            ClassLoader loader = IOUringSocketChannel.class.getClassLoader();
            Class<?> linuxSocket = Class.forName("io.netty.incubator.channel.uring.LinuxSocket", false, loader);
            Class<?> channel = Class.forName("io.netty.incubator.channel.uring.AbstractIOUringChannel", false, loader);
            Class<?> unsafe = Class.forName(channel.getName() + "$AbstractUringUnsafe", false, loader);
            Class<?> streamUnsafe = Class.forName(
                    "io.netty.incubator.channel.uring.AbstractIOUringStreamChannel$IOUringStreamUnsafe", false, loader);
            MethodHandles.Lookup lookup =
                    MethodHandles.privateLookupIn(IOUringSocketChannel.class, MethodHandles.lookup());
            MethodHandle newSocket = lookup.findConstructor(linuxSocket, MethodType.methodType(void.class, int.class));
            MethodHandle newChannel = lookup.findConstructor(
                    IOUringSocketChannel.class,
                    MethodType.methodType(void.class, Channel.class, linuxSocket, SocketAddress.class));
            return new Handles(
                    MethodHandles.filterArguments(newChannel, 1, newSocket)
                            .asType(MethodType.methodType(
                                    Channel.class, Channel.class, int.class, SocketAddress.class)),
                    MethodHandles.privateLookupIn(channel, MethodHandles.lookup())
                            .findVarHandle(channel, "ioState", byte.class),
                    lookup.findVirtual(unsafe, "processDelayedClose", MethodType.methodType(void.class))
                            .asType(MethodType.methodType(void.class, Channel.Unsafe.class)),
                    MethodHandles.privateLookupIn(streamUnsafe, MethodHandles.lookup())
                            .findVarHandle(streamUnsafe, "readBuffer", ByteBuf.class));
        } catch (ReflectiveOperationException | RuntimeException refused) {
            logger.debug(
                    "No access to the incubator's insides: one accept a turn, and a failed write may lose a buffer",
                    refused);
            return null;
        }
    }

    /** The channel of an accepted socket, which is closed when it cannot be made. */
    static Channel newChild(Channel parent, int fd, SocketAddress remote) {
        try {
            return (Channel) handles().newChild().invokeExact(parent, fd, remote);
        } catch (RuntimeException | Error broken) {
            closeQuietly(fd);
            throw broken;
        } catch (Throwable impossible) {
            closeQuietly(fd);
            throw new IllegalStateException(impossible);
        }
    }

    private static void closeQuietly(int fd) {
        try {
            new Socket(fd).close();
        } catch (IOException alreadyGone) {
            logger.debug("close(2) failed on accepted socket {}", fd, alreadyGone);
        }
    }

    /** Keeps the listener from submitting an ACCEPT until {@link #endRead}. Called on its loop. */
    static void beginRead(IOUringServerSocketChannel listener) {
        VarHandle ioState = handles().ioState();
        ioState.set(listener, (byte) ((byte) ioState.get(listener) | READ_SCHEDULED));
    }

    /** What {@link #beginRead} began is done; a close that waited for it closes now. Called on the listener's loop. */
    static void endRead(IOUringServerSocketChannel listener) {
        VarHandle ioState = handles().ioState();
        ioState.set(listener, (byte) ((byte) ioState.get(listener) & ~READ_SCHEDULED));
        processDelayedClose(listener);
    }

    /** Closes the channel if that waited for its requests, and none is outstanding. Called on its loop. */
    static void processDelayedClose(Channel channel) {
        try {
            handles().processDelayedClose().invokeExact(channel.unsafe());
        } catch (RuntimeException | Error broken) {
            throw broken;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * The buffer of a read whose completion the loop will not recognise, because {@code closed} has left its map of
     * channels; null when there is none. Called once, on the loop, after the channel was deregistered.
     */
    static @Nullable ByteBuf lostRead(IOUringSocketChannel closed) {
        Handles handles = HANDLES;
        if (handles == null || ((byte) handles.ioState().get(closed) & POLLS_SCHEDULED) != 0) {
            return null;
        }
        return (ByteBuf) handles.readBuffer().getAndSet(closed.unsafe(), null);
    }

    // ---- what a channel has in the ring; called on its loop

    /** Takes an operation of the ring, and the part of a request's user data that the incubator adds to it. */
    interface RequestVisitor {
        void visit(byte operation, int data);
    }

    private static byte stateOf(Channel channel) {
        return (byte) handles().ioState().get(channel);
    }

    static boolean isConnecting(Channel channel) {
        return available() && (stateOf(channel) & CONNECT_SCHEDULED) != 0;
    }

    /** Names the requests of a stream channel whose completions it has not heard of. */
    static void forEachRequest(Channel channel, RequestVisitor visitor) {
        byte state = stateOf(channel);
        if ((state & POLL_IN_SCHEDULED) != 0) {
            visitor.visit(IncubatorRing.POLL_ADD, POLLIN);
        }
        if ((state & POLL_OUT_SCHEDULED) != 0) {
            visitor.visit(IncubatorRing.POLL_ADD, POLLOUT);
        }
        if ((state & POLL_RDHUP_SCHEDULED) != 0) {
            visitor.visit(IncubatorRing.POLL_ADD, POLLRDHUP);
        }
        if ((state & WRITE_SCHEDULED) != 0) {
            visitor.visit(IncubatorRing.SEND, 0);
        }
        if ((state & READ_SCHEDULED) != 0) {
            visitor.visit(IncubatorRing.RECV, 0);
        }
        if ((state & CONNECT_SCHEDULED) != 0) {
            visitor.visit(IncubatorRing.CONNECT, 0);
        }
    }

    /** The channel waits for none of its requests any more. */
    static void forgetRequests(Channel channel) {
        handles().ioState().set(channel, (byte) 0);
    }
}
