package io.fastsocket.transport.listen;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The group that a bootstrap registers a server channel's connections with, as far as that can be seen. One per server
 * channel; safe for use by any thread.
 */
final class ChildGroup {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(FastSocketServerSocketChannel.class);

    private final Channel server;
    private final @Nullable EventLoopGroup group;
    private final @Nullable EventExecutor firstLoop;
    private final @Nullable AcceptingLoops loops;
    private final AtomicBoolean warned = new AtomicBoolean();

    private ChildGroup(Channel server, @Nullable EventLoopGroup group) {
        this.server = server;
        this.group = group;
        Iterator<EventExecutor> executors = group == null ? null : group.iterator();
        this.firstLoop = executors != null && executors.hasNext() ? executors.next() : null;
        this.loops = firstLoop == null ? null : LoopRegistry.find(firstLoop);
    }

    /** That of the acceptor in the server channel's pipeline. */
    static ChildGroup of(Channel server) {
        BootstrapAcceptor acceptor = BootstrapAcceptor.find(server.pipeline());
        return new ChildGroup(server, acceptor == null ? null : acceptor.childGroup());
    }

    /** Its loops when they are ours: they, not the loops of a separate boss group, should listen. */
    @Nullable
    AcceptingLoops loops() {
        return loops;
    }

    /**
     * What is to be known before {@code accepting} listens for it.
     *
     * @throws IllegalStateException when it can register none of their connections
     */
    void requireFor(AcceptingLoops accepting) {
        if (firstLoop instanceof SingleThreadEventLoop && !accepting.engine().isLoop(firstLoop)) {
            throw new IllegalStateException("bind failed on server channel: child group of "
                    + (loops == null
                            ? firstLoop.getClass().getSimpleName()
                            : "engine " + loops.engine().engine().label())
                    + ", boss group of engine "
                    + accepting.engine().engine().label()
                    + " (expected one engine): no connection of the boss's listeners can be registered with the child group;"
                    + " fix: give the bootstrap the child group alone, or make both groups with the same engine(..)");
        }
        if (group != null && (loops == null || !loops.isGroup(group))) {
            warn(group.getClass().getName());
        }
    }

    /** A connection was registered with a loop that is not of the listeners' group. */
    void warnOfLoop(EventLoop foreign) {
        warn("of " + foreign.getClass().getName());
    }

    private void warn(String what) {
        if (warned.compareAndSet(false, true)) {
            logger.warn(
                    "Child group {} of {} is no FastSocketEventLoopGroup: it decides where connections live, whatever CPU"
                            + " receives their packets; fix: give the bootstrap the FastSocketEventLoopGroup as child group",
                    what,
                    server);
        }
    }
}
