package io.fastsocket.examples.linger;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.fastsocket.examples.connections.Reset;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Closes the connection of a client that has its last response and may still be sending. To close at once would make the
 * kernel reset the connection, and a reset takes the response away from a client that has not read it yet. Our side is
 * shut when everything is written, and what the client sends is thrown away until it ends its side, for as long and as much
 * as the bounds say. A client that has not taken everything by then is reset.
 *
 * <p>One instance per connection, used on its loop.
 */
public final class LingeringClose extends ChannelInboundHandlerAdapter {
    /** How long the client may send nothing, once everything is written. */
    public static final long IDLE_SECONDS_MAX = 5;

    /** How long it may take in all: the servers' own time for a client to be done with a request, by default. */
    public static final long SECONDS_MAX = 60;

    /** How much of what it sends is thrown away: 1 GiB. */
    public static final long BYTES_MAX = 1L << 30;

    private final SocketChannel channel;
    private final long beganNanos = System.nanoTime();
    private final long idleNanosMax;
    private final long nanosMax;
    private final long bytesMax;
    private long movedNanos;
    private boolean written;
    private long bytes;
    private @Nullable Future<?> timer;

    private LingeringClose(SocketChannel channel, long idleNanosMax, long nanosMax, long bytesMax) {
        this.channel = channel;
        this.idleNanosMax = idleNanosMax;
        this.nanosMax = nanosMax;
        this.bytesMax = bytesMax;
    }

    /**
     * Begins with the end: nothing may be written after this, and nothing that is read gets to {@code decoder} any more.
     *
     * @param channel allows half-closed connections; where its client has ended its side, it closes when everything is written
     * @param decoder what stands first in the pipeline behind TLS
     */
    public static void begin(SocketChannel channel, Class<? extends ChannelHandler> decoder) {
        begin(channel, decoder, SECONDS.toNanos(IDLE_SECONDS_MAX), SECONDS.toNanos(SECONDS_MAX), BYTES_MAX);
    }

    static void begin(
            SocketChannel channel,
            Class<? extends ChannelHandler> decoder,
            long idleNanosMax,
            long nanosMax,
            long bytesMax) {
        ChannelHandlerContext first = channel.pipeline().context(decoder);
        if (first == null || !channel.isActive()) {
            channel.close();
            return;
        }
        LingeringClose lingering = new LingeringClose(channel, idleNanosMax, nanosMax, bytesMax);
        channel.pipeline().addBefore(first.name(), null, lingering);
        lingering.schedule(nanosMax);
        // An empty write is done when everything before it is.
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (sent.isSuccess()) {
                lingering.endOurSide();
            }
        });
        channel.config().setAutoRead(true);
    }

    private void endOurSide() {
        written = true;
        if (channel.isInputShutdown()) {
            channel.close();
            return;
        }
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else {
            channel.shutdownOutput();
        }
        movedNanos = System.nanoTime();
        cancelTimer();
        closeIfOver();
    }

    private void schedule(long nanos) {
        timer = channel.eventLoop().schedule(this::closeIfOver, nanos, NANOSECONDS);
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void closeIfOver() {
        long now = System.nanoTime();
        long leftNanos = beganNanos + nanosMax - now;
        if (written) {
            leftNanos = Math.min(movedNanos + idleNanosMax - now, leftNanos);
        }
        if (leftNanos <= 0) {
            giveUp();
        } else {
            schedule(leftNanos);
        }
    }

    private void giveUp() {
        if (written) {
            channel.close();
        } else {
            Reset.close(channel);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf part) {
            bytes += part.readableBytes();
        }
        ReferenceCountUtil.release(message);
        movedNanos = System.nanoTime();
        if (bytes > bytesMax) {
            giveUp();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nobody behind this one has read anything.
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            // Until everything is written, the client may be waiting for it.
            if (written) {
                ctx.close();
            }
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The client has gone, or sends what TLS cannot read: either way there is nothing more to wait for.
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancelTimer();
        ctx.fireChannelInactive();
    }
}
