package io.fastsocket.transport.listen;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.lang.reflect.Field;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The handler at the end of a server channel's pipeline that sets an accepted connection up and registers it.
 *
 * @param context its context
 * @param handler the handler itself
 */
record BootstrapAcceptor(ChannelHandlerContext context, ChannelInboundHandler handler) {
    /** Acceptors that keep no state of their own and so may be called on any loop. */
    private static final Set<String> STATELESS = Set.of(
            "io.netty.bootstrap.ServerBootstrap$ServerBootstrapAcceptor",
            "reactor.netty.transport.ServerTransport$Acceptor");

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(BootstrapAcceptor.class);

    /** The last inbound handler of the pipeline, if it is an acceptor that is known or says it is sharable. */
    static @Nullable BootstrapAcceptor find(ChannelPipeline pipeline) {
        ChannelHandlerContext last = pipeline.lastContext();
        if (last != null && last.handler() instanceof ChannelInboundHandler handler && isStateless(handler)) {
            return new BootstrapAcceptor(last, handler);
        }
        return null;
    }

    private static boolean isStateless(ChannelHandler handler) {
        return STATELESS.contains(handler.getClass().getName())
                || (handler instanceof ChannelHandlerAdapter adapter && adapter.isSharable());
    }

    /** The group the acceptor registers connections with, from a private field; null where that is refused. */
    @Nullable
    EventLoopGroup childGroup() {
        try {
            Field field = handler.getClass().getDeclaredField("childGroup");
            field.setAccessible(true);
            return field.get(handler) instanceof EventLoopGroup childGroup ? childGroup : null;
        } catch (NoSuchFieldException otherAcceptor) {
            logger.debug("{} has no childGroup: the group the server is registered with listens", handler.getClass());
        } catch (IllegalAccessException | RuntimeException refused) {
            logger.debug("childGroup of {} cannot be read: the boss group listens", handler.getClass(), refused);
        }
        return null;
    }
}
