package io.fastsocket.examples.connections;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

/** Ends a connection so that its peer sees a reset and not an end: what it got so far is not all there was. */
public final class Reset {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(Reset.class);

    private Reset() {}

    /** Resets the connection, if it is still open. Called on its event loop. */
    public static void close(Channel channel) {
        if (!channel.isOpen()) {
            return;
        }
        try {
            // With 0, close(2) sends RST (tcp(7), socket(7) SO_LINGER).
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (ChannelException e) {
            // The socket is beyond options: its end is seen already.
            logger.debug("{}: setsockopt(SO_LINGER) failed before a reset", channel, e);
        }
        ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
        if (tls == null) {
            channel.close();
        } else {
            // Past TLS, whose close_notify would be an end.
            tls.close();
        }
    }
}
