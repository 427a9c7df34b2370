package io.fastsocket.examples.tcpproxy;

import io.fastsocket.examples.connections.Reset;
import io.fastsocket.examples.fault.FaultHandler;
import io.fastsocket.examples.upstream.ProxiedConnection;
import io.fastsocket.examples.upstream.ProxyProtocol;
import io.fastsocket.examples.upstream.Upstream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client that has no upstream yet: connects to one, to another if that fails, and gives way to two {@link Relay}s.
 * What arrives meanwhile, behind a PROXY header or because an engine reads ahead of an end, waits here: one read's worth.
 */
final class Connecting extends ChannelInboundHandlerAdapter {
    private final ProxyLoop loop;
    private final TcpProxySettings settings;
    private final Set<Upstream> tried = new HashSet<>();
    private final Queue<Object> early = new ArrayDeque<>();
    private @Nullable SocketAddress clientAddress;
    private @Nullable SocketAddress destination;
    private boolean inputEnded;

    Connecting(ProxyLoop loop, TcpProxySettings settings) {
        this.loop = loop;
        this.settings = settings;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        clientAddress = ctx.channel().remoteAddress();
        destination = ctx.channel().localAddress();
        if (!settings.headerIn()) {
            connect(ctx);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ProxiedConnection proxied) {
            if (proxied.client() != null) {
                clientAddress = proxied.client();
                destination = proxied.destination();
            }
            ctx.channel().config().setAutoRead(false);
            connect(ctx);
        } else if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
        } else if (event instanceof IdleStateEvent) {
            Reset.close(ctx.channel());
        }
    }

    private void connect(ChannelHandlerContext ctx) {
        Optional<Upstream> next =
                tried.size() < settings.connectTriesMax() ? loop.balancer().choose(tried) : Optional.empty();
        if (next.isEmpty()) {
            loop.countUnserved();
            Reset.close(ctx.channel());
            return;
        }
        tried.add(next.get());
        loop.connect(next.get()).addListener((Future<Channel> connection) -> {
            if (!ctx.channel().isActive()) {
                if (connection.isSuccess()) {
                    Reset.close(connection.getNow());
                }
            } else if (connection.isSuccess()) {
                join(ctx, connection.getNow());
            } else {
                connect(ctx);
            }
        });
    }

    private void join(ChannelHandlerContext ctx, Channel upstream) {
        if (settings.headerOut()) {
            ProxyProtocol.writeHeader(upstream, clientAddress, destination);
        }
        Relay fromClient = new Relay(ctx.channel());
        Relay fromUpstream = new Relay(upstream);
        fromClient.joinTo(fromUpstream);
        fromUpstream.joinTo(fromClient);
        FaultHandler.addBefore(upstream.pipeline(), fromUpstream);
        ctx.pipeline().replace(this, null, fromClient);
        fromClient.begin(early, inputEnded);
        upstream.flush();
        upstream.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        early.add(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        early.forEach(ReferenceCountUtil::release);
        early.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Reset.close(ctx.channel());
        ctx.fireExceptionCaught(cause);
    }
}
