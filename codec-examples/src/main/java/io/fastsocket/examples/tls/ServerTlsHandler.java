package io.fastsocket.examples.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Netty's TLS for a server, with three differences.
 *
 * <p>What a client may do after its handshake is bounded: {@link StrictEngine}.
 *
 * <p>What comes after the client's close_notify is dropped, as RFC 8446, section 6.1 wants; Netty keeps all of it.
 *
 * <p>A close ends without a word. A client that does not read keeps the last record, and with it the close, waiting; Netty ends that after
 * a while and writes a WARN, which any client could have as often as it likes.
 */
final class ServerTlsHandler extends SslHandler {
    /** How long a close waits until the last record is taken; Netty's default, too. */
    private static final long FLUSH_SECONDS_MAX = 3;

    ServerTlsHandler(SSLEngine engine) {
        super(new StrictEngine(engine));
        // Never by Netty.
        setCloseNotifyFlushTimeoutMillis(0);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws SSLException {
        if (engine().isInboundDone()) {
            in.skipBytes(in.readableBytes());
        } else {
            super.decode(ctx, in, out);
        }
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
