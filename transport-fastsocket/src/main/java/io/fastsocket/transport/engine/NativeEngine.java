package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.channel.unix.UnixChannelOption;

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
    default Socket socketOf(Channel channel) {
        return (Socket) ((UnixChannel) channel).fd();
    }
}
