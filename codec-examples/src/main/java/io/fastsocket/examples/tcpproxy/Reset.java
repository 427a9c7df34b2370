package io.fastsocket.examples.tcpproxy;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

/** Ends a connection so that its peer sees a reset and not an end: what it got so far is not all there was. */
final class Reset {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(Reset.class);

    private Reset() {}

    static void close(Channel channel) {
        if (channel.isOpen()) {
            try {
                // With 0, close(2) sends RST (tcp(7), socket(7) SO_LINGER).
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            } catch (ChannelException e) {
                // The socket is beyond options: its end is seen already.
                logger.debug("{}: setsockopt(SO_LINGER) failed before a reset", channel, e);
            }
            channel.close();
        }
    }
}
