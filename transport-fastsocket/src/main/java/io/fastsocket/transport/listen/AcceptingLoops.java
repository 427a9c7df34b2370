package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.CpuOwners;
import io.fastsocket.transport.engine.EventCounters;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.engine.StepsDown;
import io.fastsocket.transport.kernel.SocketOptions;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.Socket;
import io.netty.util.AttributeKey;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The loops of one group as the way in sees them: who owns which CPU, what each loop accepted, and the connections it
 * owns. One per event loop group; safe for use by any thread unless a method says otherwise.
 */
public final class AcceptingLoops {
    private static final AttributeKey<EventLoop> OWNER = AttributeKey.valueOf(AcceptingLoops.class, "owner");

    /** What a user knows these loops by, once it is made. */
    private volatile @Nullable EventLoopGroup group;

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(FastSocketServerSocketChannel.class);

    private final LoopEngine engine;
    private final List<PinnedLoop> loops;
    private final IdentityHashMap<EventLoop, PinnedLoop> loopByEventLoop = new IdentityHashMap<>();
    private final SteeringPolicy steering;
    private final OwnershipPolicy ownership;
    private final CpuOwners owners;
    private final List<ConnectionTable> connections = new ArrayList<>();
    private final AcceptCounts counts;
    private final StepsDown stepsDown = new StepsDown();
    private final AtomicLong programsAttached = new AtomicLong();
    private final List<Runnable> listenersChanged = new CopyOnWriteArrayList<>();
    /** Server channels that listen on these loops. */
    private final Set<FastSocketServerSocketChannel> listening = ConcurrentHashMap.newKeySet();
    /** Server channels that are registered with one of these loops; they may listen on a worker group's. */
    private final Set<FastSocketServerSocketChannel> registered = ConcurrentHashMap.newKeySet();

    private volatile boolean closing;

    /** Makes the loops known to {@link FastSocketServerSocketChannel}, until {@link #forget()}. */
    public AcceptingLoops(
            LoopEngine engine,
            List<PinnedLoop> loops,
            SteeringPolicy steering,
            OwnershipPolicy ownership,
            CpuOwners owners) {
        this.engine = engine;
        this.loops = loops;
        this.steering = steering;
        this.ownership = ownership;
        this.owners = owners;
        this.counts = new AcceptCounts(loops.size());
        for (PinnedLoop loop : loops) {
            loopByEventLoop.put(loop.eventLoop(), loop);
            connections.add(new ConnectionTable());
        }
        LoopRegistry.add(this);
    }

    /** The loops have ended; no server channel will be registered with them any more. */
    public void forget() {
        LoopRegistry.remove(this);
    }

    /** Says which group a user gives a bootstrap for these loops. */
    public void knownAs(EventLoopGroup group) {
        this.group = group;
    }

    /** Whether connections that are registered with a group go where these loops want them, or to the one it is. */
    boolean isGroup(EventLoopGroup candidate) {
        return candidate == group
                || loops.stream().anyMatch(loop -> loop.eventLoop() == candidate || loop.group() == candidate);
    }

    LoopEngine engine() {
        return engine;
    }

    List<PinnedLoop> loops() {
        return loops;
    }

    SteeringPolicy steering() {
        return steering;
    }

    CpuOwners owners() {
        return owners;
    }

    /** No server channel may be bound on these loops any more. */
    boolean isClosing() {
        return closing;
    }

    Set<FastSocketServerSocketChannel> listening() {
        return listening;
    }

    Set<FastSocketServerSocketChannel> registered() {
        return registered;
    }

    /** The server channels that are bound on these loops. */
    public List<FastSocketServerSocketChannel> servers() {
        return listening.stream().filter(Channel::isActive).toList();
    }

    /** The listeners of the server channels that are bound on these loops, server by server, by loop index. */
    public List<LoopListener> listeners() {
        return servers().stream().flatMap(server -> server.loopListeners(this)).toList();
    }

    /**
     * Calls {@code action} after each change of {@link #listeners()}, on some loop, which it must not keep waiting.
     *
     * @return ends it
     */
    public AutoCloseable onListenersChanged(Runnable action) {
        listenersChanged.add(Objects.requireNonNull(action, "action"));
        return () -> listenersChanged.remove(action);
    }

    void opened() {
        tellListenersChanged();
    }

    /** An action that fails keeps neither the server from its end of bind or close nor other actions from being run. */
    private void tellListenersChanged() {
        for (Runnable action : listenersChanged) {
            try {
                action.run();
            } catch (RuntimeException | Error failed) {
                logger.warn("Action failed on a change of listeners: {}; fix: let it throw nothing", action, failed);
            }
        }
    }

    void closed(FastSocketServerSocketChannel server) {
        listening.remove(server);
        tellListenersChanged();
    }

    /** A server channel's connections are steered from now on. */
    void steered(SteeringChoice choice) {
        choice.stepsDown().forEach(stepsDown::count);
        if (choice.chosen().equals(SteeringPolicy.RECEIVING_CPU.label())) {
            programsAttached.incrementAndGet();
        }
    }

    /**
     * Closes all server channels that have to do with these loops.
     *
     * @return done when none of their listeners is left, and those that live on these loops are closed
     */
    public CompletableFuture<@Nullable Void> closeServers() {
        // Before the look at them: one that binds at this moment enters itself first and then sees this.
        closing = true;
        return CompletableFuture.allOf(Stream.concat(
                        listening.stream().map(FastSocketServerSocketChannel::closeAndListeners),
                        registered.stream().map(AcceptingLoops::close))
                .toArray(CompletableFuture<?>[]::new));
    }

    private static CompletableFuture<?> close(FastSocketServerSocketChannel server) {
        if (server.eventLoop().isShuttingDown()) {
            // A loop that was ended behind the group's back tells nobody that the channel is closed.
            return server.closeAndListeners();
        }
        CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
        server.closeFuture().addListener(done -> closed.complete(null));
        server.closeAndListeners();
        return closed;
    }

    /** Closes the sockets of the connections of a loop that has died, which nobody else will. */
    public void closeSockets(PinnedLoop dead) {
        connections(dead.index()).forEach(engine::closeSocket);
    }

    // ---- own

    /**
     * Decides, on the loop that accepted it, which loop a connection should live on. It is counted where it is registered, which is the
     * child group's choice in the end.
     *
     * @return the loop that owns it; {@code acceptedOn} when nothing speaks for another
     */
    EventLoop assignOwner(PinnedLoop acceptedOn, Channel child, ChildGroup childGroup) {
        int arrivesAt = ownerByPackets(child);
        ChildRegistration.await(child, this, acceptedOn, arrivesAt, childGroup);
        if (arrivesAt == CpuOwners.NO_LOOP || arrivesAt == acceptedOn.index()) {
            return acceptedOn.eventLoop();
        }
        counts.arrivedElsewhere(arrivesAt, acceptedOn);
        return ownership == OwnershipPolicy.STAY_WITH_LISTENER
                ? acceptedOn.eventLoop()
                : loops.get(arrivesAt).eventLoop();
    }

    /**
     * Counts an accepted connection that was registered, and enters it into the table of the loop it lives on. Called on that loop.
     *
     * @param acceptedOn whose listener took it, or null when it is none of ours
     * @return whether that loop is one of these
     */
    boolean registered(Channel child, @Nullable PinnedLoop acceptedOn, int arrivesAt) {
        PinnedLoop livesOn = loopOf(child.eventLoop());
        counts.registered(acceptedOn, arrivesAt, livesOn);
        if (livesOn != null) {
            connections.get(livesOn.index()).add(child);
            return true;
        }
        AcceptingLoops others = LoopRegistry.find(child.eventLoop());
        if (others != null) {
            others.connections
                    .get(Objects.requireNonNull(others.loopOf(child.eventLoop()))
                            .index())
                    .add(child);
        }
        return false;
    }

    /** Remembers the owner of a connection, for {@link #ownerOf}, when its acceptor is not called on that loop. */
    static void rememberOwner(Channel child, EventLoop owner) {
        child.attr(OWNER).set(owner);
    }

    /** The index of the loop that receives the connection's packets, or {@link CpuOwners#NO_LOOP} when not known. */
    private int ownerByPackets(Channel child) {
        Socket socket = engine.socketOf(child);
        if (socket == null) {
            return CpuOwners.NO_LOOP;
        }
        try {
            return owners.loopOf(SocketOptions.incomingCpu(socket));
        } catch (IOException closedOrUnknown) {
            return CpuOwners.NO_LOOP;
        }
    }

    /** A channel keeps its loop when it is deregistered; it was counted then. */
    private static boolean wasRegistered(Channel child) {
        try {
            return child.eventLoop() != null;
        } catch (IllegalStateException never) {
            return false;
        }
    }

    /** Sees to it that an accepted connection is counted when it is registered, whoever accepted it. */
    public void awaitRegistration(Channel child) {
        if (engine.socketChannelClass().isInstance(child)
                && !ChildRegistration.isAwaited(child)
                && !wasRegistered(child)) {
            ChildRegistration.await(child, this, ownerByPackets(child));
        }
    }

    /**
     * The loop an accepted connection will live on.
     *
     * @param fallback where it goes when no loop of ours accepted it and its packets name none
     */
    public EventLoop ownerOf(Channel child, EventLoop fallback) {
        if (child.hasAttr(OWNER)) {
            EventLoop owner = child.attr(OWNER).getAndSet(null);
            if (owner != null && loopOf(owner) != null) {
                return owner;
            }
        }
        if (fallback.inEventLoop()) {
            return fallback;
        }
        // Accepted on another group's loop: a separate boss group.
        int byPackets = ownership == OwnershipPolicy.FOLLOW_PACKETS ? ownerByPackets(child) : CpuOwners.NO_LOOP;
        return byPackets == CpuOwners.NO_LOOP ? fallback : loops.get(byPackets).eventLoop();
    }

    /** The loop of these whose thread is calling, or null. */
    public @Nullable PinnedLoop callingLoop() {
        PinnedLoop calling = PinnedLoop.ofThisThread();
        return calling == null ? null : loopOf(calling.eventLoop());
    }

    private @Nullable PinnedLoop loopOf(EventLoop eventLoop) {
        return loopByEventLoop.get(eventLoop);
    }

    EventCounters<AcceptEvent> counters(PinnedLoop loop) {
        return counts.of(loop);
    }

    // ---- see

    /** How often something has happened on one loop so far. */
    public long count(int loopIndex, AcceptEvent event) {
        return counts.get(loopIndex, event);
    }

    /** How often packets of a connection that {@code loop} accepted arrived at the other one. */
    public long crossings(int arrivedAt, int loop) {
        return counts.crossings(arrivedAt, loop);
    }

    /** Steps down the ladder of steering. */
    public StepsDown stepsDown() {
        return stepsDown;
    }

    /** Times a steering program was attached to the listeners of a server channel. */
    public long programsAttached() {
        return programsAttached.get();
    }

    /** How many accepted connections a loop owns now. */
    public int connectionCount(int loopIndex) {
        return connections.get(loopIndex).size();
    }

    /** The accepted connections a loop owns now. */
    public List<Channel> connections(int loopIndex) {
        return connections.get(loopIndex).snapshot();
    }

    /** The open connection between two addresses; the calling loop's own table is asked first, then the others. */
    public Optional<Channel> findConnection(SocketAddress local, SocketAddress remote) {
        PinnedLoop calling = callingLoop();
        int first = calling == null ? 0 : calling.index();
        for (int i = 0; i < loops.size(); i++) {
            Optional<Channel> found =
                    connections.get((first + i) % loops.size()).find(local, remote);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }
}
