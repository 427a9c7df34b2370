package io.fastsocket.examples.metrics;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A listener that still accepts when the process has no descriptor left: with the spare one, at once, before anybody else gets it.
 * {@link Pause} goes in front of its pipeline.
 */
final class ReservedListener extends NioServerSocketChannel {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(ReservedListener.class);

    private final SpareDescriptors spare;

    ReservedListener(SpareDescriptors spare) {
        this.spare = spare;
        // With no descriptor left accept(2) fails even where nobody waits, so that a second one in a turn says nothing.
        config().setRecvByteBufAllocator(new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(1));
    }

    @Override
    protected int doReadMessages(List<Object> accepted) throws Exception {
        try {
            return super.doReadMessages(accepted);
        } catch (IOException failure) {
            if (!spare.giveUp()) {
                throw failure;
            }
            try {
                return super.doReadMessages(accepted);
            } finally {
                spare.take();
            }
        }
    }

    /** When there is no spare descriptor either: closes an idle connection of the endpoint's own, and goes on in a moment. */
    static final class Pause extends ChannelInboundHandlerAdapter {
        /** Long enough for a descriptor to become free, which takes a turn of the loop. */
        private static final long PAUSE_MILLIS = 20;

        private final MetricsConnections connections;

        Pause(MetricsConnections connections) {
            this.connections = connections;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            logger.debug("{}: accept failed", ctx.channel(), cause);
            connections.evictIdle();
            ctx.channel().config().setAutoRead(false);
            ctx.executor()
                    .schedule(() -> ctx.channel().config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
