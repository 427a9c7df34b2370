package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.engine.StepDownCause;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The listeners behind one server channel, one per loop, opened and closed in an order that the kernel's index follows:
 * opened from loop 0 up, closed from the last down, so that no index ever moves.
 *
 * <p>Opened and closed once; each step runs on the loop of the listener it concerns.
 */
final class ListenerGroup {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(FastSocketServerSocketChannel.class);

    private final FastSocketServerSocketChannel server;
    private final FastSocketServerSocketChannelConfig config;
    private final AcceptingLoops accepting;
    private final LoopEngine engine;
    private final ChildRoute route;
    private final ChildGroup childGroup;
    private final AcceptErrorReport errors;

    /** By loop index; grows while opening. */
    private final List<ServerSocketChannel> listeners = new CopyOnWriteArrayList<>();

    private final ReuseportOrder<ServerSocketChannel> order = new ReuseportOrder<>();
    private final CompletableFuture<@Nullable Void> opened = new CompletableFuture<>();
    private @Nullable CompletableFuture<@Nullable Void> closed;
    private volatile boolean closing;
    private volatile @Nullable SteeringChoice steering;
    private volatile @Nullable InetSocketAddress localAddress;

    ListenerGroup(
            FastSocketServerSocketChannel server,
            FastSocketServerSocketChannelConfig config,
            AcceptingLoops accepting,
            ChildGroup childGroup) {
        this.server = server;
        this.config = config;
        this.accepting = accepting;
        this.engine = accepting.engine();
        this.route = new ChildRoute(server);
        this.childGroup = childGroup;
        this.errors = new AcceptErrorReport(server);
    }

    // ---- open

    /**
     * Opens a listener on every loop.
     *
     * @return done when all listen and are steered; failed, with none left, when one could not be opened
     */
    CompletableFuture<@Nullable Void> open(InetSocketAddress address) {
        try {
            if (!config.sharesPortWithOthers()) {
                ExclusivePort.require(address, config.isReuseAddress());
            }
            openNext(address);
        } catch (Exception | LinkageError failed) {
            openFailed(failed);
        }
        return opened;
    }

    private int listenersWanted() {
        return engine.canReusePort() ? accepting.loops().size() : 1;
    }

    private void openNext(InetSocketAddress address) {
        if (closing) {
            openFailed(new ClosedChannelException());
            return;
        }
        PinnedLoop loop = accepting.loops().get(listeners.size());
        ServerSocketChannel listener = newListener(loop);
        listeners.add(listener);
        loop.eventLoop().register(newPromise(listener)).addListener((ChannelFuture registered) -> {
            if (!registered.isSuccess()) {
                openFailed(BindFailure.of(address, registered.cause()));
                return;
            }
            listener.bind(address, newPromise(listener)).addListener((ChannelFuture bound) -> {
                if (bound.isSuccess()) {
                    listening(listener, address);
                } else {
                    openFailed(BindFailure.of(address, bound.cause()));
                }
            });
        });
    }

    /** One that tells its listeners also when the loop has ended, which a loop's own promise does not. */
    private static ChannelPromise newPromise(ServerSocketChannel listener) {
        return new DefaultChannelPromise(listener, ImmediateEventExecutor.INSTANCE);
    }

    private ServerSocketChannel newListener(PinnedLoop loop) {
        ServerSocketChannel listener = engine.newListener();
        try {
            if (listenersWanted() > 1) {
                engine.reusePort(listener);
            }
            config.applyTo(listener);
            boolean fromTask = engine.prepareAccept(listener, server);
            listener.pipeline()
                    .addLast(new ListenerHandler(server, config, accepting, loop, route, childGroup, errors, fromTask));
            return listener;
        } catch (RuntimeException | Error failed) {
            listener.unsafe().closeForcibly();
            throw failed;
        }
    }

    private void listening(ServerSocketChannel listener, InetSocketAddress asked) {
        try {
            order.listening(listener);
            // Closed by somebody else, for example because its loop ended: half a server is none.
            listener.closeFuture().addListener(done -> {
                if (!closing) {
                    server.close();
                }
            });
            int port = listener.localAddress().getPort();
            if (listeners.size() < listenersWanted()) {
                openNext(new InetSocketAddress(asked.getAddress(), port));
                return;
            }
            SteeringChoice choice = steer();
            choice.whyNotMore()
                    .ifPresent(why -> logger.info("Steering {} instead of a better one: {}", choice.chosen(), why));
            steering = choice;
            accepting.steered(choice);
            localAddress = listeners.get(0).localAddress();
            opened.complete(null);
        } catch (Exception | LinkageError failed) {
            openFailed(BindFailure.of(asked, failed));
        }
    }

    private SteeringChoice steer() {
        if (listeners.size() == 1) {
            return accepting.loops().size() == 1
                    ? SteeringChoice.asAskedFor(SteeringChoice.ONE_LISTENER)
                    : new SteeringChoice(
                            SteeringChoice.ONE_LISTENER,
                            Optional.of("this system does not spread connections over listeners of a port"),
                            List.of(StepDownCause.UNAVAILABLE));
        }
        return new Steering(engine, accepting.loops(), accepting.owners())
                .apply(accepting.steering(), listeners, order);
    }

    private void openFailed(Throwable failure) {
        closing = true;
        closeAll().whenComplete((done, ignored) -> opened.completeExceptionally(failure));
    }

    // ---- close

    /** Closes all listeners, after the opening has ended; done when the port is free. */
    synchronized CompletableFuture<@Nullable Void> close() {
        closing = true;
        if (closed == null) {
            closed = opened.handle((done, failure) -> failure)
                    .thenCompose(failure -> failure == null ? closeAll() : CompletableFuture.completedFuture(null));
        }
        return closed;
    }

    private CompletableFuture<@Nullable Void> closeAll() {
        CompletableFuture<@Nullable Void> allClosed = new CompletableFuture<>();
        closeLast(new ArrayList<>(listeners), allClosed);
        return allClosed;
    }

    private void closeLast(List<ServerSocketChannel> open, CompletableFuture<@Nullable Void> allClosed) {
        if (open.isEmpty()) {
            allClosed.complete(null);
            return;
        }
        ServerSocketChannel listener = open.remove(open.size() - 1);
        EventLoop loop = accepting.loops().get(open.size()).eventLoop();
        Runnable close = () -> {
            if (listener.isRegistered()) {
                engine.closeListener(listener, loop).whenComplete((done, failure) -> closeLast(open, allClosed));
            } else {
                listener.unsafe().closeForcibly();
                closeLast(open, allClosed);
            }
        };
        if (loop.inEventLoop()) {
            close.run();
            return;
        }
        try {
            loop.execute(close);
        } catch (RejectedExecutionException loopEnded) {
            // A loop that died has not closed it.
            engine.closeSocket(listener);
            closeLast(open, allClosed);
        }
    }

    // ---- state

    List<ServerSocketChannel> listeners() {
        return listeners;
    }

    @Nullable
    SteeringChoice steering() {
        return steering;
    }

    @Nullable
    InetSocketAddress localAddress() {
        return localAddress;
    }
}
