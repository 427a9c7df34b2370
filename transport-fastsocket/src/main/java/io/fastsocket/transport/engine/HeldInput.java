package io.fastsocket.transport.engine;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Input that arrived although the application, with auto-read off, did not ask for it. The incubator reads all that is
 * left when the peer closes; here it waits, at most what the socket's receive buffer held, and is given out one message
 * per {@code read()}. While it waits the connection stays open for answers, and the end of input comes after it.
 *
 * <p>Used by the channel's loop alone.
 */
final class HeldInput {
    private final SocketChannelConfig config;
    private final IoUringGuard guard;

    private @Nullable ArrayDeque<Object> messages;
    private boolean readRequested;
    private boolean delivering;
    /** The user wants the end of input to close the connection, and it would if we did not hold its data. */
    private boolean closeAfterwards;

    private @Nullable Object endOfInput;

    /** A message was passed on since the application last heard that a read is complete. */
    private boolean readIncomplete;

    HeldInput(SocketChannelConfig config, IoUringGuard guard) {
        this.config = config;
        this.guard = guard;
    }

    boolean isEmpty() {
        return messages == null;
    }

    /**
     * The application waits to hear that the read it asked for is complete: the transport, which goes on reading, will
     * not say so before the end of input.
     */
    boolean owesReadComplete() {
        return readIncomplete && messages != null && !delivering;
    }

    /** The application is about to hear that its read is complete. */
    void readCompleted() {
        readIncomplete = false;
    }

    /** Keeps {@code msg} when nobody asked for it; answers false when it is to be passed on. */
    boolean hold(Object msg) {
        if (messages == null && (readRequested || config.isAutoRead())) {
            readRequested = false;
            readIncomplete = true;
            return false;
        }
        if (messages == null) {
            messages = new ArrayDeque<>();
            if (!config.isAllowHalfClosure()) {
                // The end of input must not close the connection while its data waits.
                config.setAllowHalfClosure(true);
                closeAfterwards = true;
            }
        }
        messages.add(msg);
        return true;
    }

    /** Keeps the end of input while data waits before it; answers false when it is to be passed on. */
    boolean holdEndOfInput(Object event) {
        boolean end = event instanceof ChannelInputShutdownEvent || event instanceof ChannelInputShutdownReadComplete;
        if (!end || messages == null) {
            return false;
        }
        if (endOfInput == null) {
            endOfInput = event;
        }
        return true;
    }

    /** Answers a read out of what waits; false when nothing does and the socket must be asked. */
    boolean release(ChannelHandlerContext ctx) {
        readRequested = true;
        if (messages == null) {
            return false;
        }
        if (!delivering) {
            delivering = true;
            try {
                deliver(ctx);
            } finally {
                delivering = false;
            }
        }
        return true;
    }

    private void deliver(ChannelHandlerContext ctx) {
        while (messages != null && (readRequested || config.isAutoRead())) {
            Object msg = messages.poll();
            if (msg == null) {
                finish(ctx);
                return;
            }
            readRequested = false;
            ctx.fireChannelRead(msg);
            // The application may have closed, or asked again, from in there.
            ctx.fireChannelReadComplete();
        }
        if (messages != null && messages.isEmpty()) {
            finish(ctx);
        }
    }

    private void finish(ChannelHandlerContext ctx) {
        messages = null;
        Object end = endOfInput;
        endOfInput = null;
        if (closeAfterwards) {
            closeAfterwards = false;
            config.setAllowHalfClosure(false);
            if (end != null) {
                guard.closeInOrder(ctx::close);
                return;
            }
        } else if (end != null) {
            ctx.fireUserEventTriggered(end);
        }
        if (readRequested || config.isAutoRead()) {
            ctx.read();
        }
    }

    /** Gives out all that waits, whoever asked, because the guard leaves the pipeline. */
    void passOn(ChannelHandlerContext ctx) {
        ArrayDeque<Object> rest = messages;
        if (rest != null) {
            rest.forEach(ctx::fireChannelRead);
            rest.clear();
            ctx.fireChannelReadComplete();
            finish(ctx);
        }
    }

    /** Lets go of what nobody will read any more. */
    void discard() {
        ArrayDeque<Object> rest = messages;
        messages = null;
        endOfInput = null;
        if (rest != null) {
            rest.forEach(ReferenceCountUtil::safeRelease);
        }
    }
}
