package io.fastsocket.examples.upstream;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.AddressFamily;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Takes the one message of the PROXY decoder before it, then leaves the pipeline. Used on one event loop. */
final class ProxyHeaderReader extends ChannelInboundHandlerAdapter {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(ProxyHeaderReader.class);

    private final Duration timeout;
    private @Nullable Future<?> deadline;
    private boolean refused;

    ProxyHeaderReader(Duration timeout) {
        this.timeout = timeout;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor()
                .schedule(
                        () -> refuse(ctx, "not there within " + timeout + " (expected sooner)", null),
                        timeout.toNanos(),
                        NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            // Behind a header that was refused: the connection is closing.
            ReferenceCountUtil.release(message);
            return;
        }
        ProxiedConnection connection;
        try {
            connection = connection(header);
        } finally {
            header.release();
        }
        ctx.fireUserEventTriggered(connection);
        ctx.pipeline().remove(this);
    }

    private static ProxiedConnection connection(HAProxyMessage header) {
        AddressFamily family = header.proxiedProtocol().addressFamily();
        boolean tcp = family == AddressFamily.AF_IPv4 || family == AddressFamily.AF_IPv6;
        if (header.command() == HAProxyCommand.LOCAL || !tcp) {
            return new ProxiedConnection(null, null);
        }
        return new ProxiedConnection(
                address(header.sourceAddress(), header.sourcePort()),
                address(header.destinationAddress(), header.destinationPort()));
    }

    private static InetSocketAddress address(String address, int port) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(address)), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the decoder let an address through that is none: " + address, e);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            refuse(ctx, "cut off by the end of input (expected in full)", null);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException) {
            refuse(ctx, "malformed (expected version 1 or 2): " + cause.getMessage(), cause);
        } else {
            ctx.fireExceptionCaught(cause);
        }
    }

    /** Handlers behind it, and with them who counts, hear of it once; what the decoder says of later bytes is the same. */
    private void refuse(ChannelHandlerContext ctx, String why, @Nullable Throwable cause) {
        logger.debug(
                "{}: connection refused: PROXY header={}; fix: send one first, or do not ask for it",
                ctx.channel(),
                why);
        if (!refused) {
            refused = true;
            ctx.fireExceptionCaught(new HAProxyProtocolException("PROXY header=" + why, cause));
        }
        ctx.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
