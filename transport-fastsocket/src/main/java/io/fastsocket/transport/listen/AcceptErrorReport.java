package io.fastsocket.transport.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells of failed accepts: the log, once a minute at most, and the user's handlers of the server channel, but not the
 * acceptor behind them, which would stop all listeners for a second where one pauses by itself.
 */
final class AcceptErrorReport {
    private static final String FILTER_NAME = "fastsocket#accept-errors";
    private static final long WARN_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(FastSocketServerSocketChannel.class);

    private final Channel server;
    private final LongSupplier nanoClock;
    private final AtomicLong nextWarnNanos;
    private final Filter filter = new Filter();

    AcceptErrorReport(Channel server) {
        this(server, System::nanoTime);
    }

    AcceptErrorReport(Channel server, LongSupplier nanoClock) {
        this.server = server;
        this.nanoClock = nanoClock;
        this.nextWarnNanos = new AtomicLong(nanoClock.getAsLong());
        AcceptFailure.load();
    }

    /** A listener pauses; called on its loop. */
    void paused(Channel listener, Throwable cause) {
        long now = nanoClock.getAsLong();
        long next = nextWarnNanos.get();
        if (now - next >= 0 && nextWarnNanos.compareAndSet(next, now + WARN_INTERVAL_NANOS)) {
            logger.warn(
                    "accept failed on listener {}: {}; it pauses and goes on by itself; fix: {}",
                    listener.localAddress(),
                    cause.getMessage(),
                    AcceptFailure.remedy(cause));
        }
        tellHandlers(cause);
    }

    /** One accept failed; called on the listener's loop. */
    void tellHandlers(Throwable cause) {
        try {
            server.eventLoop().execute(() -> fire(cause));
        } catch (RejectedExecutionException shutDown) {
            logger.debug("accept failed while {} shuts down", server, cause);
        }
    }

    private void fire(Throwable cause) {
        if (server.pipeline().get(FILTER_NAME) == null) {
            BootstrapAcceptor acceptor = BootstrapAcceptor.find(server.pipeline());
            if (acceptor == null) {
                server.pipeline().addLast(FILTER_NAME, filter);
            } else {
                server.pipeline().addBefore(acceptor.context().name(), FILTER_NAME, filter);
            }
        }
        filter.absorbing = cause;
        server.pipeline().fireExceptionCaught(cause);
        filter.absorbing = null;
    }

    private static final class Filter extends ChannelInboundHandlerAdapter {
        private @Nullable Throwable absorbing;

        @Override
        @SuppressWarnings("deprecation")
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (cause != absorbing) {
                ctx.fireExceptionCaught(cause);
            }
        }
    }
}
