package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import io.netty.incubator.channel.uring.IOUringSocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Accepts on an io_uring listener's socket until it would block, which the incubator does only once a turn. The channel
 * class has no public constructor for an accepted socket: a method handle reaches the one it uses itself. Where that is
 * refused, the engine goes on with one connection a turn.
 */
final class AcceptedSockets {
    /** One length byte and at most 24 bytes of address: 16 of IPv6, 4 of scope, 4 of port. */
    private static final int ADDRESS_BYTES = 25;

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(AcceptedSockets.class);

    private static final @Nullable MethodHandle NEW_CHILD = findConstructor();

    private AcceptedSockets() {}

    static boolean available() {
        return NEW_CHILD != null;
    }

    static void drain(Socket listener, Channel parent, int budgetConnections, Consumer<Channel> accepted)
            throws IOException {
        byte[] address = new byte[ADDRESS_BYTES];
        for (int i = 0; i < budgetConnections; i++) {
            int fd = listener.accept(address);
            if (fd < 0) {
                return;
            }
            accepted.accept(newChild(parent, fd, address));
        }
    }

    private static Channel newChild(Channel parent, int fd, byte[] address) throws IOException {
        try {
            SocketAddress remote = NativeInetAddress.address(address, 1, address[0]);
            return (Channel) Objects.requireNonNull(NEW_CHILD).invoke(parent, fd, remote);
        } catch (RuntimeException | Error broken) {
            new Socket(fd).close();
            throw broken;
        } catch (Throwable impossible) {
            new Socket(fd).close();
            throw new IllegalStateException(impossible);
        }
    }

    /** {@code (Channel parent, int fd, SocketAddress remote) -> IOUringSocketChannel}. */
    private static @Nullable MethodHandle findConstructor() {
        try {
            MethodHandles.Lookup lookup =
                    MethodHandles.privateLookupIn(IOUringSocketChannel.class, MethodHandles.lookup());
            Class<?> linuxSocket = Class.forName(
                    "io.netty.incubator.channel.uring.LinuxSocket", false, IOUringSocketChannel.class.getClassLoader());
            MethodHandle newSocket = lookup.findConstructor(linuxSocket, MethodType.methodType(void.class, int.class));
            MethodHandle newChannel = lookup.findConstructor(
                    IOUringSocketChannel.class,
                    MethodType.methodType(void.class, Channel.class, linuxSocket, SocketAddress.class));
            return MethodHandles.filterArguments(newChannel, 1, newSocket);
        } catch (ReflectiveOperationException | RuntimeException refused) {
            logger.debug("No access to the incubator's constructor for accepted sockets: one accept a turn", refused);
            return null;
        }
    }
}
