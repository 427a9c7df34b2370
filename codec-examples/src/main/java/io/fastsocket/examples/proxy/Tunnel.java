package io.fastsocket.examples.proxy;

import io.fastsocket.examples.connections.Deadline;
import io.fastsocket.examples.fault.FaultHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

/**
 * Two connections of one loop that pass bytes to each other: each is read while the other takes what was read, and each
 * direction ends by itself. Used on that loop.
 */
final class Tunnel {
    private final Side client;
    private final Side upstream;
    private final Deadline deadline;
    private final long idleNanos;
    private final Ended ended;
    private int open = 2;

    private Tunnel(Channel client, Channel upstream, long idleNanos, Ended ended) {
        this.client = new Side(client);
        this.upstream = new Side(upstream);
        this.idleNanos = idleNanos;
        this.ended = ended;
        this.deadline = new Deadline(client.eventLoop(), this::closeBoth);
    }

    /** Hears of the end, once, with the bytes that passed. */
    interface Ended {
        void ended(long bytesFromClient, long bytesFromUpstream);
    }

    /**
     * Takes the HTTP handlers out of both pipelines. What they hold undecoded passes first.
     *
     * @param clientEnded the client has shut its side already
     */
    static void join(SocketChannel client, Channel upstream, long idleNanos, boolean clientEnded, Ended ended) {
        Tunnel tunnel = new Tunnel(client, upstream, idleNanos, ended);
        client.config().setAllowHalfClosure(true);
        ((SocketChannelConfig) upstream.config())
                .setAllowHalfClosure(true)
                .setAutoClose(true)
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
            tunnel.client.inputEnded();
        }
        if (!client.isActive() || !upstream.isActive()) {
            tunnel.closeBoth();
        }
        client.read();
        upstream.read();
    }

    private void moved() {
        deadline.in(idleNanos);
    }

    private void closeBoth() {
        client.channel.close();
        upstream.channel.close();
    }

    private Side peerOf(Side side) {
        return side == client ? upstream : client;
    }

    private final class Side extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private long bytesIn;
        private boolean inputShut;
        private boolean closed;

        Side(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof ByteBuf bytes) {
                bytesIn += bytes.readableBytes();
                moved();
                peerOf(this).channel.write(bytes);
            } else {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            Channel peer = peerOf(this).channel;
            peer.flush();
            if (peer.isWritable() && !inputShut) {
                ctx.read();
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            Side peer = peerOf(this);
            if (channel.isWritable() && !peer.inputShut) {
                moved();
                peer.channel.read();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                inputEnded();
            }
        }

        void inputEnded() {
            if (!inputShut) {
                inputShut = true;
                endOutputOf(peerOf(this));
            }
        }

        /** The other side's direction goes on, except under TLS, which cannot end one direction. */
        private void endOutputOf(Side peer) {
            boolean tls = peer.channel.pipeline().get(SslHandler.class) != null;
            boolean bothShut = peer.inputShut;
            peer.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
                if (bothShut) {
                    closeBoth();
                } else if (tls) {
                    peer.channel.close();
                } else {
                    ((SocketChannel) peer.channel).shutdownOutput();
                }
            });
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (closed) {
                return;
            }
            closed = true;
            peerOf(this).channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            if (--open == 0) {
                deadline.cancel();
                ended.ended(client.bytesIn, upstream.bytesIn);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            closeBoth();
            ctx.fireExceptionCaught(cause);
        }
    }
}
