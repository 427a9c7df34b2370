package io.fastsocket.examples.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;

/**
 * Netty's TLS with a close that ends without a word. A client that does not read keeps the last record, and with it the
 * close, waiting; Netty ends that after a while and writes a WARN, which any client could have as often as it likes.
 */
final class BoundedCloseHandler extends SslHandler {
    /** How long a close waits until the last record is taken; Netty's default, too. */
    private static final long FLUSH_SECONDS_MAX = 3;

    BoundedCloseHandler(SSLEngine engine) {
        super(engine);
        // Never by Netty.
        setCloseNotifyFlushTimeoutMillis(0);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
        super.close(ctx, promise);
        endLater(ctx);
    }

    @Override
    public void disconnect(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
        super.disconnect(ctx, promise);
        endLater(ctx);
    }

    private static void endLater(ChannelHandlerContext ctx) {
        if (ctx.channel().isOpen()) {
            // From this handler on, so that nothing waits any more.
            var end = ctx.executor().schedule(() -> ctx.close(), FLUSH_SECONDS_MAX, TimeUnit.SECONDS);
            ctx.channel().closeFuture().addListener(closed -> end.cancel(false));
        }
    }
}
