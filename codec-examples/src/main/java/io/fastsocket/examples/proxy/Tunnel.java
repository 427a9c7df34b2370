package io.fastsocket.examples.proxy;

import io.fastsocket.examples.connections.Deadline;
import io.fastsocket.examples.connections.Reset;
import io.fastsocket.examples.fault.FaultHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Two connections of one loop that pass bytes to each other: each is read while the other takes what was read, and each
 * direction ends by itself. Whatever else ends one side resets the other, after what that side had said before. Used on that loop.
 */
final class Tunnel {
    /** How long what one side said before it failed may take to pass. */
    private static final long LAST_WORDS_SECONDS_MAX = 5;

    private final Side client;
    private final Side upstream;
    private final Deadline deadline;
    private final long idleNanos;
    private final long halfClosedNanos;
    private final Ended ended;
    private int open = 2;

    private Tunnel(Channel client, Channel upstream, long idleNanos, long halfClosedNanos, Ended ended) {
        this.client = new Side(client);
        this.upstream = new Side(upstream);
        this.idleNanos = idleNanos;
        this.halfClosedNanos = Math.min(halfClosedNanos, idleNanos);
        this.ended = ended;
        this.deadline = new Deadline(client.eventLoop(), this::resetBoth);
    }

    /** Hears of the end, once, with the bytes that passed. */
    interface Ended {
        void ended(long bytesFromClient, long bytesFromUpstream);
    }

    /**
     * Takes the HTTP handlers out of both pipelines. What they hold undecoded passes first.
     *
     * @param idleNanos how long nothing may move
     * @param halfClosedNanos the same once one side has ended: one that has gone looks like one that only listens
     * @param clientEnded the client has shut its side already
     */
    static void join(
            SocketChannel client,
            Channel upstream,
            long idleNanos,
            long halfClosedNanos,
            boolean clientEnded,
            Ended ended) {
        Tunnel tunnel = new Tunnel(client, upstream, idleNanos, halfClosedNanos, ended);
        // A failed write must not take away what that side said before.
        client.config().setAllowHalfClosure(true).setAutoClose(false);
        ((SocketChannelConfig) upstream.config())
                .setAllowHalfClosure(true)
                .setAutoClose(false)
                .setAutoRead(false);
        FaultHandler.addBefore(upstream.pipeline(), tunnel.upstream);
        FaultHandler.addBefore(client.pipeline(), tunnel.client);
        upstream.pipeline().remove(UpstreamHandler.class);
        client.pipeline().remove(ClientConnection.class);
        // Encoders first: what a decoder leaves is written to the other side at once, and is not HTTP.
        upstream.pipeline().remove(HttpRequestEncoder.class);
        client.pipeline().remove(ResponseEncoder.class);
        upstream.pipeline().remove(AnswerDecoder.class);
        client.pipeline().remove(StrictRequestDecoder.class);
        tunnel.moved();
        if (clientEnded) {
            tunnel.client.endInput();
        }
        if (!client.isActive() || !upstream.isActive()) {
            tunnel.resetBoth();
        }
        client.read();
        upstream.read();
    }

    private void moved() {
        deadline.in(client.inputEnded || upstream.inputEnded ? halfClosedNanos : idleNanos);
    }

    private void resetBoth() {
        Reset.close(client.channel);
        Reset.close(upstream.channel);
    }

    private Side peerOf(Side side) {
        return side == client ? upstream : client;
    }

    private final class Side extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private final ChannelFutureListener written = result -> {
            if (!result.isSuccess()) {
                failOutput();
            }
        };
        private long bytesIn;
        private boolean inputEnded;
        private boolean outputEnded;
        private boolean outputFailed;
        private boolean closed;

        Side(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            Side peer = peerOf(this);
            if (message instanceof ByteBuf bytes && !peer.outputFailed) {
                bytesIn += bytes.readableBytes();
                moved();
                peer.channel.write(bytes).addListener(peer.written);
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            peerOf(this).channel.flush();
            readIfTaken();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            Side peer = peerOf(this);
            if (channel.isWritable() && !peer.inputEnded) {
                moved();
            }
            peer.readIfTaken();
        }

        private void readIfTaken() {
            Side peer = peerOf(this);
            // What a side that gets nothing more does not take is thrown away: who sends it may read only after that.
            if (!inputEnded && (peer.outputFailed || peer.channel.isWritable())) {
                channel.read();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                endInput();
            }
        }

        void endInput() {
            if (inputEnded) {
                return;
            }
            inputEnded = true;
            moved();
            Side peer = peerOf(this);
            if (peer.outputFailed) {
                // What the peer says last goes on, within its bound.
                closeIfEnded();
                return;
            }
            // A reset that a write has told of is read as an end: it may have come before all was said.
            boolean cut = outputFailed;
            // An empty write is done when everything before it is.
            peer.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
                if (!sent.isSuccess()) {
                    peer.failOutput();
                    closeIfEnded();
                } else if (cut) {
                    resetBoth();
                } else {
                    peer.endOutput();
                    closeIfEnded();
                }
            });
        }

        private void endOutput() {
            if (channel.pipeline().get(SslHandler.class) != null) {
                // TLS cannot end one direction.
                outputEnded = true;
                endInput();
                channel.close();
                return;
            }
            ((SocketChannel) channel).shutdownOutput().addListener(shut -> {
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

        /** This side has gone, or reads no more and has reset; what it sent before that is still to be read. */
        private void failOutput() {
            if (outputFailed || closed) {
                return;
            }
            outputFailed = true;
            if (peerOf(this).outputFailed) {
                resetBoth();
                return;
            }
            var bound = channel.eventLoop().schedule(Tunnel.this::resetBoth, LAST_WORDS_SECONDS_MAX, TimeUnit.SECONDS);
            channel.closeFuture().addListener(end -> bound.cancel(false));
            readIfTaken();
            peerOf(this).readIfTaken();
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (closed) {
                return;
            }
            closed = true;
            if (!inputEnded || !outputEnded || peerOf(this).outputFailed) {
                Reset.close(peerOf(this).channel);
            }
            if (--open == 0) {
                deadline.cancel();
                ended.ended(client.bytesIn, upstream.bytesIn);
            }
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
    }
}
