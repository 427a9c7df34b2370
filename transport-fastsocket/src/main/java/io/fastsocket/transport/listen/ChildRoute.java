package io.fastsocket.transport.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The way of an accepted connection from its listener's loop to the acceptor in the server channel's pipeline. Mostly the
 * acceptor is called right there; when a handler of the user observes accepted connections, they go through the pipeline,
 * on the server channel's own loop, so that the handler is called as it would be in stock Netty.
 */
final class ChildRoute {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(ChildRoute.class);

    /** What a look at the pipeline found, valid while it has the same handlers. */
    private record Seen(List<String> handlerNames, @Nullable BootstrapAcceptor direct) {}

    private final Channel server;
    private final AtomicBoolean detourReported = new AtomicBoolean();
    private volatile Seen seen = new Seen(List.of(), null);

    /** A route to one server channel. */
    ChildRoute(Channel server) {
        this.server = server;
    }

    /**
     * Delivers {@code child}; called on {@code acceptedOn}.
     *
     * @param fromTask whether it must not be registered in this call
     */
    void deliver(Channel child, EventLoop acceptedOn, EventLoop owner, boolean fromTask) {
        if (fromTask) {
            execute(acceptedOn, child, () -> deliverNow(child, acceptedOn, owner));
        } else {
            deliverNow(child, acceptedOn, owner);
        }
    }

    private static void execute(EventLoop loop, Channel child, Runnable delivery) {
        try {
            loop.execute(delivery);
        } catch (RejectedExecutionException shutDown) {
            closeUnregistered(child, shutDown);
        }
    }

    private void deliverNow(Channel child, EventLoop acceptedOn, EventLoop owner) {
        BootstrapAcceptor direct = look();
        if (direct == null || owner != acceptedOn) {
            AcceptingLoops.rememberOwner(child, owner);
        }
        if (direct != null) {
            callAcceptor(direct, child);
        } else if (server.eventLoop().inEventLoop()) {
            fire(child);
        } else {
            execute(server.eventLoop(), child, () -> fire(child));
        }
    }

    private void fire(Channel child) {
        server.pipeline().fireChannelRead(child);
        server.pipeline().fireChannelReadComplete();
    }

    private static void callAcceptor(BootstrapAcceptor acceptor, Channel child) {
        try {
            acceptor.handler().channelRead(acceptor.context(), child);
        } catch (Exception | LinkageError | AssertionError failed) {
            closeUnregistered(child, failed);
        }
    }

    private static void closeUnregistered(Channel child, Throwable cause) {
        child.unsafe().closeForcibly();
        logger.warn(
                "register failed on accepted connection {}; fix: see the cause, the connection was closed",
                child,
                cause);
    }

    private @Nullable BootstrapAcceptor look() {
        List<String> names = server.pipeline().names();
        Seen last = seen;
        if (!last.handlerNames().equals(names)) {
            last = new Seen(names, directAcceptor(server.pipeline()));
            seen = last;
        }
        return last.direct();
    }

    private @Nullable BootstrapAcceptor directAcceptor(ChannelPipeline pipeline) {
        BootstrapAcceptor acceptor = BootstrapAcceptor.find(pipeline);
        for (Map.Entry<String, ChannelHandler> entry : pipeline) {
            ChannelHandler handler = entry.getValue();
            if ((acceptor == null || handler != acceptor.handler()) && observesConnections(handler)) {
                if (detourReported.compareAndSet(false, true)) {
                    logger.debug(
                            "Handler {} of {} observes accepted connections: they take a task on the server's own loop",
                            entry.getKey(),
                            server);
                }
                return null;
            }
        }
        return acceptor;
    }

    private static boolean observesConnections(ChannelHandler handler) {
        return handler instanceof ChannelInboundHandler
                && (overrides(handler, "channelRead", ChannelHandlerContext.class, Object.class)
                        || overrides(handler, "channelReadComplete", ChannelHandlerContext.class));
    }

    private static boolean overrides(ChannelHandler handler, String method, Class<?>... parameters) {
        try {
            Class<?> declaring =
                    handler.getClass().getMethod(method, parameters).getDeclaringClass();
            return declaring != ChannelInboundHandlerAdapter.class && declaring != ChannelDuplexHandler.class;
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
