package io.fastsocket.transport.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.incubator.channel.uring.IOUringEventLoop;
import io.netty.incubator.channel.uring.IOUringSocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Stands at the head of an io_uring connection's pipeline and keeps it from the incubator's defects: what each part
 * prevents is said in {@link IoUringGuards}. One instance per channel, used by its loop alone.
 */
final class IoUringGuard extends ChannelDuplexHandler {
    static final String NAME = "fastsocket#guard";

    private final IOUringSocketChannel channel;
    private final IoUringGuards guards;
    private final HeldInput heldInput;
    /** Its place among the loop's, while {@link #listed}: see {@link GuardedChannels}. */
    @Nullable
    IoUringGuard previous;

    @Nullable
    IoUringGuard next;

    private boolean listed;
    /** Something was written since the last flush. */
    private boolean unflushed;

    /** A close was asked for, which may wait for a transfer. */
    private boolean closing;

    private @Nullable OutputEnd outputEnd;

    IoUringGuard(IOUringSocketChannel channel, IoUringGuards guards) {
        this.channel = channel;
        this.guards = guards;
        this.heldInput = new HeldInput(channel.config(), this);
        enforceOptions();
    }

    private void enforceOptions() {
        if (guards.oneMessagePerRead()) {
            OneMessagePerRead.enforce(channel.config());
        }
    }

    @Override
    public void channelRegistered(ChannelHandlerContext ctx) {
        listed = true;
        GuardedChannels.ofThisLoop().add(this);
        ctx.fireChannelRegistered();
    }

    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
        leaveList();
        if (channel.isOpen()) {
            // Nothing of it may wait for submission while another loop refuses it and closes its file.
            ((IOUringEventLoop) channel.eventLoop()).submitIO();
        } else if (guards.lostRead()) {
            releaseLostRead();
        }
        ctx.fireChannelUnregistered();
    }

    /** A failed write closes the channel at once: what was to be read at that moment completes unheard. */
    private void releaseLostRead() {
        ByteBuf buffer = IncubatorAccess.lostRead(channel);
        if (buffer != null) {
            // It goes out after a poll said that there is something, and is therefore done when it is submitted.
            IoUringEngine.afterSubmission(channel.eventLoop(), buffer::release);
        }
    }

    private void leaveList() {
        if (listed) {
            listed = false;
            GuardedChannels.ofThisLoop().remove(this);
        }
    }

    Channel channel() {
        return channel;
    }

    // ---- in

    @Override
    public void read(ChannelHandlerContext ctx) {
        // Options set since the last read, the user's childOption included, must not lift the guard.
        enforceOptions();
        if (!guards.heldInput() || !heldInput.release(ctx)) {
            ctx.read();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!guards.heldInput() || !heldInput.hold(msg)) {
            ctx.fireChannelRead(msg);
        } else if (heldInput.owesReadComplete()) {
            heldInput.readCompleted();
            ctx.fireChannelReadComplete();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (heldInput.isEmpty()) {
            heldInput.readCompleted();
            ctx.fireChannelReadComplete();
        }
        if (channel.unsafe().recvBufAllocHandle().lastBytesRead() < 0
                && !channel.config().isAllowHalfClosure()) {
            // The end of input has made the transport close the channel, past close() below.
            boundClose();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!heldInput.holdEndOfInput(event)) {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        heldInput.discard();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (listed) {
            // No event comes here any more.
            channel.closeFuture().addListener(closed -> channel.eventLoop().execute(this::leaveList));
        }
        heldInput.passOn(ctx);
    }

    // ---- out

    @Override
    public void connect(
            ChannelHandlerContext ctx,
            SocketAddress remoteAddress,
            @Nullable SocketAddress localAddress,
            ChannelPromise promise) {
        if (!(remoteAddress instanceof InetSocketAddress)) {
            promise.setFailure(notTcp("connect", "remoteAddress", remoteAddress));
        } else if (localAddress != null && !(localAddress instanceof InetSocketAddress)) {
            promise.setFailure(notTcp("connect", "localAddress", localAddress));
        } else {
            // Told before the transport is, which closes one that is cancelled or late.
            promise.addListener(done -> {
                if (!done.isSuccess()) {
                    submitConnect();
                }
            });
            ctx.connect(remoteAddress, localAddress, promise);
        }
    }

    /** A close frees the address that a queued request still points at. */
    private void submitConnect() {
        if (guards.fileNumbers() && IncubatorAccess.isConnecting(channel)) {
            ((IOUringEventLoop) channel.eventLoop()).submitIO();
        }
    }

    @Override
    public void bind(ChannelHandlerContext ctx, SocketAddress localAddress, ChannelPromise promise) {
        if (localAddress instanceof InetSocketAddress) {
            ctx.bind(localAddress, promise);
        } else {
            promise.setFailure(notTcp("bind", "localAddress", localAddress));
        }
    }

    private UnsupportedOperationException notTcp(String operation, String name, SocketAddress address) {
        return new UnsupportedOperationException(operation + " failed on " + channel + ": " + name + "=" + address
                + " (expected an InetSocketAddress): io_uring carries TCP only;"
                + " fix: use the epoll engine for Unix domain sockets");
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (outputEnd != null || closing) {
            ReferenceCountUtil.release(msg);
            if (!promise.isVoid()) {
                promise.tryFailure(new ClosedChannelException());
            }
            return;
        }
        unflushed = true;
        if (guards.fileRegions() && msg instanceof FileRegion region) {
            FileRegionChunks.write(ctx, region, promise);
        } else {
            ctx.write(msg, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        if (outputEnd == null && !closing) {
            unflushed = false;
            ctx.flush();
        }
    }

    /**
     * Takes over {@code shutdownOutput()} when flushed data is still to be written. Called on the loop.
     *
     * @return false when it can be done at once
     */
    boolean endOutput(ChannelPromise promise) {
        if (!guards.orderedShutdown()) {
            return false;
        }
        if (outputEnd != null || closing) {
            promise.tryFailure(new ClosedChannelException());
            return true;
        }
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        if (ctx == null || buffer == null || (buffer.size() == 0 && !FileRegionChunks.mayBeUnderWay(channel))) {
            return false;
        }
        if (promise.setUncancellable()) {
            outputEnd = OutputEnd.await(ctx, buffer, promise, unflushed);
        }
        return true;
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (!promise.setUncancellable()) {
            // As Netty does: cancelled before it was asked for. It must not be cancelled while the close waits.
            return;
        }
        heldInput.discard();
        if (closing && channel.isOpen()) {
            channel.closeFuture().addListener(closed -> {
                if (!promise.isVoid()) {
                    promise.trySuccess();
                }
            });
        } else {
            closeInOrder(() -> ctx.close(promise));
        }
    }

    /** Runs {@code close} when what was flushed before is written, as far as the kernel takes it at once. */
    void closeInOrder(Runnable close) {
        closing = true;
        if (guards.orderedShutdown()) {
            OrderedClose.after(channel, fileRegions(), () -> closeNow(close));
        } else {
            closeNow(close);
        }
    }

    /** A message behind what was flushed with file regions is written when that is; one behind unflushed writes would send them. */
    private @Nullable ChannelFuture fileRegions() {
        ChannelHandlerContext ctx = channel.pipeline().context(this);
        return ctx == null || unflushed || !FileRegionChunks.mayBeUnderWay(channel)
                ? null
                : ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
    }

    private void closeNow(Runnable close) {
        if (outputEnd != null) {
            outputEnd.finishIfWritten();
        }
        submitConnect();
        close.run();
        boundClose();
    }

    /** Ends what a close may be waiting for. */
    void boundClose() {
        if (guards.boundedClose()) {
            IoUringEngine.endTransfers(channel);
        }
    }
}
