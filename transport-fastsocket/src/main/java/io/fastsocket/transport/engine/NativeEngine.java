package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What Netty's native transports have in common: channels that give their sockets away. */
interface NativeEngine extends LoopEngine {
    @Override
    default boolean canReusePort() {
        return true;
    }

    @Override
    default void reusePort(ServerSocketChannel listener) {
        listener.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
    }

    @Override
    default @Nullable Socket socketOf(Channel channel) {
        // A closed channel's number may be somebody else's by now.
        return channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket && socket.isOpen()
                ? socket
                : null;
    }

    @Override
    default void closeSocket(Channel ofDeadLoop) {
        Socket socket = socketOf(ofDeadLoop);
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException gone) {
                InternalLoggerFactory.getInstance(NativeEngine.class).debug("close(2) failed on {}", ofDeadLoop, gone);
            }
        }
    }
}
