package io.fastsocket.examples.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLHandshakeException;

/**
 * Netty's TLS with one handshake, and a close that ends without a word.
 *
 * <p>Up to TLS 1.2 a client may begin another handshake at any time, which the JDK grants: it costs the server much more than the
 * client, and until it is over nothing can be written, which never comes where the server reads no more before its answers are taken.
 *
 * <p>A client that does not read keeps the last record, and with it the close, waiting; Netty ends that after a while and writes
 * a WARN, which any client could have as often as it likes.
 */
final class ServerTlsHandler extends SslHandler {
    /** How long a close waits until the last record is taken; Netty's default, too. */
    private static final long FLUSH_SECONDS_MAX = 3;

    private static final String WITHOUT_RENEGOTIATION = "TLSv1.3";

    ServerTlsHandler(SSLEngine engine) {
        super(engine);
        // Never by Netty.
        setCloseNotifyFlushTimeoutMillis(0);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (isRenegotiating()) {
            ctx.fireExceptionCaught(new SSLHandshakeException("the client began a second handshake"));
            // From this handler on: it could not write a word before the handshake is over.
            ctx.close();
        } else {
            super.channelReadComplete(ctx);
        }
    }

    private boolean isRenegotiating() {
        SSLEngine engine = engine();
        return handshakeFuture().isSuccess()
                && engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP
                && !engine.isOutboundDone()
                && !engine.getSession().getProtocol().equals(WITHOUT_RENEGOTIATION);
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
