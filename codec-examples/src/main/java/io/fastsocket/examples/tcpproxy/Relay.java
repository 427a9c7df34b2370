package io.fastsocket.examples.tcpproxy;

import io.fastsocket.examples.connections.Reset;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * One side of a proxied connection: what it reads, the other side writes.
 *
 * <p>It reads only when the other side takes more, so a direction holds the other side's write buffer and one read. An
 * end of input becomes an end of output after all bytes; a connection closes when both its directions have ended.
 * Anything else that ends one side resets the other, but a failed write: what the side that failed had said before is passed
 * on first. Used on the one loop of both sides.
 */
final class Relay extends ChannelInboundHandlerAdapter {
    /** How long what one side said before it failed may take to pass. */
    private static final long LAST_WORDS_SECONDS_MAX = 5;

    private final Channel channel;

    @SuppressWarnings("NullAway.Init") // joined before either is in a pipeline
    private Relay other;

    private boolean inputEnded;
    private boolean outputEnded;
    /** A write to this side failed: it gets nothing more. */
    private boolean outputFailed;

    Relay(Channel channel) {
        this.channel = channel;
        // A failed write must not take away what this side said before it closed.
        channel.config().setAutoClose(false);
    }

    void joinTo(Relay otherSide) {
        other = otherSide;
    }

    /** Passes on what arrived before there was another side, then reads. */
    void begin(Queue<Object> early, boolean ended) {
        for (Object message = early.poll(); message != null; message = early.poll()) {
            write(message);
        }
        other.channel.flush();
        if (ended) {
            endInput();
        } else {
            readIfTaken();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        write(message);
    }

    private void write(Object message) {
        if (other.outputFailed) {
            ReferenceCountUtil.release(message);
            return;
        }
        // A write that fails is an exception in the other side's pipeline.
        other.channel.write(message, other.channel.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        other.channel.flush();
        readIfTaken();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        other.readIfTaken();
    }

    private void readIfTaken() {
        // What a side that gets nothing more does not take is thrown away: who sends it may read only after that.
        if (!inputEnded && (other.outputFailed || other.channel.isWritable())) {
            channel.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            endInput();
        } else if (event instanceof IdleStateEvent) {
            resetBoth();
        }
    }

    private void endInput() {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        if (other.outputFailed) {
            // What the other side says last goes on, within its bound.
            closeIfEnded();
            return;
        }
        // A reset that a write has told of is read as an end: it may have come before all was said.
        boolean cut = outputFailed;
        // An empty write is done when everything before it is. To shut down sooner would drop what is not sent yet.
        other.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            if (!written.isSuccess()) {
                other.failOutput();
                closeIfEnded();
            } else if (cut) {
                resetBoth();
            } else {
                other.endOutput();
                closeIfEnded();
            }
        });
    }

    private void endOutput() {
        ((DuplexChannel) channel).shutdownOutput().addListener(shut -> {
            if (shut.isSuccess()) {
                outputEnded = true;
                closeIfEnded();
            } else {
                failOutput();
            }
        });
    }

    private void closeIfEnded() {
        if (inputEnded && outputEnded) {
            channel.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (!inputEnded || !outputEnded || other.outputFailed) {
            Reset.close(other.channel);
        }
    }

    /** The peer has gone, or reads no more and has reset; what it sent before that is still to be read. */
    private void failOutput() {
        if (outputFailed) {
            return;
        }
        outputFailed = true;
        if (other.outputFailed) {
            resetBoth();
            return;
        }
        var bound = channel.eventLoop().schedule(this::resetBoth, LAST_WORDS_SECONDS_MAX, TimeUnit.SECONDS);
        channel.closeFuture().addListener(closed -> bound.cancel(false));
        readIfTaken();
        other.readIfTaken();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof ChannelOutputShutdownException) {
            failOutput();
            return;
        }
        if (inputEnded && cause instanceof IOException) {
            // What it said had ended in order before.
            failOutput();
            return;
        }
        resetBoth();
        ctx.fireExceptionCaught(cause);
    }

    private void resetBoth() {
        Reset.close(channel);
        Reset.close(other.channel);
    }
}
