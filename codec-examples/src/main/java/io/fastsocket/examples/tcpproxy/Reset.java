package io.fastsocket.examples.tcpproxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

/** Ends a connection so that its peer sees a reset and not an end: what it got so far is not all there was. */
final class Reset {
    private Reset() {}

    static void close(Channel channel) {
        if (channel.isOpen()) {
            // With 0, close(2) sends RST (tcp(7), socket(7) SO_LINGER).
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }
}
