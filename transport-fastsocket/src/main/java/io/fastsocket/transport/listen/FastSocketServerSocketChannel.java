package io.fastsocket.transport.listen;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.ServerSocketChannelConfig;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One server channel for the application, one listener per event loop behind it. Name it in a bootstrap whose group is a
 * {@code FastSocketEventLoopGroup}; nothing else in the bootstrap changes.
 *
 * <p>Binding opens a genuine listener of the group's engine on every loop, on the same port, lets the kernel choose among
 * them (see {@link SteeringPolicy}), and completes when all of them listen; when one fails none is left. Options and
 * auto-read are copied to every listener. Accepted connections are genuine channels of the engine, live on the loop that
 * owns them, and have this channel as their parent.
 *
 * <p>With a separate worker group, the loops of the worker group listen. The boss group may be one of Netty's, or a {@code
 * FastSocketEventLoopGroup} of the same engine. Where the worker group is neither, it decides where connections live, and one WARN says
 * so. When a handler given with
 * {@code ServerBootstrap.handler(..)} overrides {@code channelRead} or {@code channelReadComplete}, it is called on this
 * channel's loop for every connection, which costs each of them one task.
 *
 * <p>May be used from any thread, like every Netty channel. Unix domain sockets are refused at bind.
 */
public final class FastSocketServerSocketChannel extends AbstractServerChannel implements ServerSocketChannel {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(FastSocketServerSocketChannel.class);

    /** How long somebody else's loop that ends waits for listeners to close, which takes milliseconds unless their loops are stuck. */
    private static final int LISTENERS_SECONDS_MAX = 2;

    private final FastSocketServerSocketChannelConfig config = new FastSocketServerSocketChannelConfig(this);

    private volatile @Nullable ListenerGroup listeners;
    private volatile boolean closed;
    private volatile boolean active;

    public FastSocketServerSocketChannel() {
        pipeline().addFirst("fastsocket#bind", new BindHandler());
    }

    // ---- bind

    /** Takes the bind before it reaches the channel, whose own bind would have to finish at once. */
    private final class BindHandler extends ChannelOutboundHandlerAdapter {
        @Override
        public void bind(ChannelHandlerContext ctx, SocketAddress localAddress, ChannelPromise promise) {
            if (promise.setUncancellable()) {
                openListeners(localAddress, promise);
            }
        }
    }

    private void openListeners(SocketAddress localAddress, ChannelPromise promise) {
        if (closed) {
            promise.setFailure(new ClosedChannelException());
            return;
        }
        if (listeners != null) {
            promise.setFailure(new AlreadyBoundException());
            return;
        }
        InetSocketAddress address;
        try {
            address = requireBindable(localAddress);
        } catch (RuntimeException refused) {
            promise.setFailure(refused);
            return;
        }
        AcceptingLoops home = LoopRegistry.find(eventLoop());
        ChildGroup childGroup = ChildGroup.of(this);
        AcceptingLoops accepting = listeningLoops(home, childGroup);
        if (accepting == null) {
            promise.setFailure(new IllegalStateException("bind failed on server channel: event loop group of "
                    + eventLoop().getClass().getSimpleName()
                    + " (expected a running FastSocketEventLoopGroup); fix: give the bootstrap a"
                    + " FastSocketEventLoopGroup, alone or as worker group"));
            return;
        }
        try {
            childGroup.requireFor(accepting);
        } catch (IllegalStateException refused) {
            promise.setFailure(refused);
            return;
        }
        ListenerGroup opening = new ListenerGroup(this, config, accepting, childGroup);
        if (home != null) {
            home.registered().add(this);
            closeFuture().addListener(done -> home.registered().remove(this));
        } else {
            closeWithLoop();
        }
        accepting.listening().add(this);
        closeFuture().addListener(done -> accepting.closed(this));
        if (accepting.isClosing()) {
            promise.setFailure(
                    new IllegalStateException("bind failed on server channel: its event loop group shuts down"
                            + " (expected a running one); fix: bind before shutdownGracefully()"));
            return;
        }
        listeners = opening;
        opening.open(address).whenComplete((done, failure) -> runOnLoop(() -> opened(accepting, promise, failure)));
    }

    /** Somebody else's loop does not know of this channel, and takes no tasks when it has ended. */
    private void closeWithLoop() {
        if (eventLoop() instanceof SingleThreadEventExecutor loop) {
            Runnable close = this::closeAsLoopEnds;
            loop.addShutdownHook(close);
            closeFuture().addListener(done -> loop.removeShutdownHook(close));
        }
    }

    /** The last that the loop does: it waits for the listeners, which close on other loops, so that it hears of their end. */
    private void closeAsLoopEnds() {
        ListenerGroup group = listeners;
        if (group != null) {
            try {
                group.close().get(LISTENERS_SECONDS_MAX, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException late) {
                logger.debug("{}: its loop ends before its listeners", this, late);
            }
        }
        unsafe().close(voidPromise());
    }

    private static InetSocketAddress requireBindable(SocketAddress localAddress) {
        if (!(localAddress instanceof InetSocketAddress address)) {
            throw new UnsupportedOperationException("bind failed on server channel: localAddress=" + localAddress
                    + " (expected an InetSocketAddress): only TCP listeners can share an address;"
                    + " fix: use the engine's own channel class for Unix domain sockets");
        }
        if (address.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return address;
    }

    /**
     * The loops that will own the connections: a separate worker group's, if it is one of ours, else the group's this
     * channel is registered with. None when neither is one of ours.
     */
    private static @Nullable AcceptingLoops listeningLoops(@Nullable AcceptingLoops home, ChildGroup childGroup) {
        AcceptingLoops workers = childGroup.loops();
        if (home == null || workers == null) {
            return home == null ? workers : home;
        }
        return workers.engine().engine() == home.engine().engine() ? workers : home;
    }

    private void opened(AcceptingLoops accepting, ChannelPromise promise, @Nullable Throwable failure) {
        if (failure != null) {
            listeners = null;
            promise.setFailure(failure);
            return;
        }
        if (closed) {
            promise.setFailure(new ClosedChannelException());
            return;
        }
        active = true;
        accepting.opened();
        promise.setSuccess();
        pipeline().fireChannelActive();
    }

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new UnsupportedOperationException("bind failed on " + this
                + ": the listeners open step by step; fix: call channel.bind(), not unsafe().bind()");
    }

    // ---- accept

    @Override
    protected void doBeginRead() {
        boolean autoRead = config.isAutoRead();
        forEachListener(listener -> {
            if (autoRead) {
                listener.config().setAutoRead(true);
            } else {
                listener.read();
            }
        });
    }

    void forEachListener(Consumer<ServerSocketChannel> action) {
        ListenerGroup group = listeners;
        if (group != null) {
            group.listeners().forEach(action);
        }
    }

    /** The listeners as they are seen from outside, by loop index; none before bind. */
    Stream<LoopListener> loopListeners(AcceptingLoops accepting) {
        ListenerGroup group = listeners;
        InetSocketAddress address = localAddress();
        if (group == null || address == null) {
            return Stream.empty();
        }
        List<ServerSocketChannel> opened = group.listeners();
        return accepting.loops().subList(0, opened.size()).stream()
                .map(loop -> new LoopListener(address, loop, opened.get(loop.index()), accepting.engine()));
    }

    /** What steers connections to the listeners, once bound; null before. */
    public @Nullable SteeringChoice steering() {
        ListenerGroup group = listeners;
        return active && group != null ? group.steering() : null;
    }

    // ---- close

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new ServerUnsafe();
    }

    private final class ServerUnsafe extends AbstractUnsafe {
        /** The close goes on when all listeners are closed, wherever it was asked for. */
        @Override
        protected Executor prepareToClose() {
            return afterwards -> closeListeners(() -> runOnLoop(afterwards));
        }

        @Override
        public void connect(SocketAddress remoteAddress, SocketAddress localAddress, ChannelPromise promise) {
            safeSetFailure(promise, new UnsupportedOperationException());
        }
    }

    private void closeListeners(Runnable afterwards) {
        closed = true;
        ListenerGroup group = listeners;
        if (group == null) {
            afterwards.run();
        } else {
            group.close().whenComplete((done, failure) -> afterwards.run());
        }
    }

    /**
     * Closes this channel, past its handlers, as a loop that ends does; done when no listener is left, even if the loop it
     * is registered with has ended.
     */
    CompletableFuture<?> closeAndListeners() {
        ListenerGroup group = listeners;
        try {
            eventLoop().execute(() -> unsafe().close(voidPromise()));
        } catch (RejectedExecutionException loopEnded) {
            doClose();
        }
        return group == null ? CompletableFuture.completedFuture(null) : group.close();
    }

    private void runOnLoop(Runnable task) {
        EventLoop loop = eventLoop();
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException loopEnded) {
            task.run();
        }
    }

    @Override
    protected void doClose() {
        active = false;
        closeListeners(() -> {});
    }

    // ---- state

    /** With any loop: this channel needs it only to fire its events. Whose loops listen is decided at bind. */
    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public boolean isActive() {
        return active && !closed;
    }

    @Override
    public ServerSocketChannelConfig config() {
        return config;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        ListenerGroup group = listeners;
        return group == null ? null : group.localAddress();
    }

    @Override
    public @Nullable InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return null;
    }
}
