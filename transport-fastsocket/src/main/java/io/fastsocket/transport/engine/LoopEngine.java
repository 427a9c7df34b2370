package io.fastsocket.transport.engine;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.internal.SystemPropertyUtil;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One kind of event loop behind one small interface, so that another Netty generation is one more implementation.
 * May be used from any thread unless a method says otherwise.
 */
public interface LoopEngine {
    /** Which engine this is; never {@link Engine#AUTO}. */
    Engine engine();

    /** Why this process cannot use the engine, or empty when it can. */
    Optional<Throwable> unavailabilityCause();

    /**
     * Makes a genuine Netty group of exactly one loop. Called on the thread that will run the loop, so that what the
     * loop allocates is allocated there.
     *
     * @param executor receives the loop's body once, when the loop is given its first task
     */
    EventLoopGroup newLoop(Executor executor);

    /** A new, unregistered listener. */
    ServerSocketChannel newListener();

    /** A new, unregistered client channel, with the engine's guards. */
    SocketChannel newSocket();

    /** The class of {@link #newSocket()} and of accepted children. */
    Class<? extends SocketChannel> socketChannelClass();

    /**
     * Whether a listener can be one of several on a port. Decided by the operating system, not by privilege.
     *
     * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7), SO_REUSEPORT</a>
     */
    boolean canReusePort();

    /** Lets {@code listener} share its port. Call before bind. */
    void reusePort(ServerSocketChannel listener);

    /**
     * The raw socket of an open channel of this engine; null when the engine does not give it away (NIO), or the channel is closed or
     * another engine's.
     */
    default @Nullable Socket socketOf(Channel channel) {
        return null;
    }

    /**
     * Closes the socket of a channel whose loop has died, past Netty: its own close would have to run on that loop, and may write
     * into a ring that is gone.
     */
    void closeSocket(Channel ofDeadLoop);

    /** Whether a loop is of this engine's kind, so that its channels can be registered with it. */
    boolean isLoop(EventExecutor loop);

    /** Puts the engine's guards at the head of a channel's pipeline, once. Call before the channel is registered. */
    default void guard(Channel channel) {}

    /** Whether a channel may be taken from its loop and given to another one. */
    default boolean movesChannels() {
        return false;
    }

    /**
     * Prepares a new listener to take many connections a turn, where the engine would take one. Called when the listener has all
     * its options.
     *
     * @param parent becomes its connections' {@link Channel#parent()}, where the engine makes them itself
     * @return whether an accepted connection must not be registered in the call that delivers it, but from a task
     */
    default boolean prepareAccept(ServerSocketChannel listener, Channel parent) {
        return false;
    }

    /**
     * Closes a listener, whatever operation is outstanding. Called on its loop.
     *
     * @return done when the kernel has let go of the port
     */
    default CompletableFuture<@Nullable Void> closeListener(ServerSocketChannel listener, EventLoop loop) {
        listener.close();
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Closes what is open on a loop that is about to be shut down, where the loop's own shutdown would not end otherwise.
     * From then on channels that are registered with it are closed at once.
     *
     * @return done when nothing stands in the way of the shutdown any more
     */
    default CompletableFuture<@Nullable Void> closeChannels(EventLoop loop) {
        return CompletableFuture.completedFuture(null);
    }

    /** True on the operating system whose socket options this project uses. */
    static boolean isLinux() {
        return SystemPropertyUtil.get("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
    }
}
