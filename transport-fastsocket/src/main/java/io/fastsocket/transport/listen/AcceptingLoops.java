package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.CpuOwners;
import io.fastsocket.transport.engine.Crossings;
import io.fastsocket.transport.engine.EventCounters;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.engine.StepsDown;
import io.fastsocket.transport.kernel.SocketOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.Socket;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
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

    private final LoopEngine engine;
    private final List<PinnedLoop> loops;
    private final IdentityHashMap<EventLoop, PinnedLoop> loopByEventLoop = new IdentityHashMap<>();
    private final SteeringPolicy steering;
    private final OwnershipPolicy ownership;
    private final CpuOwners owners;
    private final List<EventCounters<AcceptEvent>> counters = new ArrayList<>();
    private final List<ConnectionTable> connections = new ArrayList<>();
    private final Crossings crossings;
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
        this.crossings = new Crossings(loops.size());
        for (PinnedLoop loop : loops) {
            loopByEventLoop.put(loop.eventLoop(), loop);
            counters.add(new EventCounters<>(AcceptEvent.class));
            connections.add(new ConnectionTable());
        }
        LoopRegistry.add(this);
    }

    /** The loops have ended; no server channel will be registered with them any more. */
    public void forget() {
        LoopRegistry.remove(this);
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
        listenersChanged.add(action);
        return () -> listenersChanged.remove(action);
    }

    void opened() {
        listenersChanged.forEach(Runnable::run);
    }

    void closed(FastSocketServerSocketChannel server) {
        listening.remove(server);
        listenersChanged.forEach(Runnable::run);
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

    // ---- own

    /**
     * Decides, on the loop that accepted it, which loop a connection will live on, and counts it.
     *
     * @return the loop that owns it; {@code acceptedOn} when nothing speaks for another
     */
    EventLoop assignOwner(PinnedLoop acceptedOn, Channel child) {
        EventCounters<AcceptEvent> counts = counters.get(acceptedOn.index());
        counts.increment(AcceptEvent.ACCEPTED);
        int owner = ownerByPackets(child);
        if (owner == CpuOwners.NO_LOOP) {
            counts.increment(AcceptEvent.ACCEPTED_UNKNOWN);
            return acceptedOn.eventLoop();
        }
        boolean local = owner == acceptedOn.index();
        counts.increment(local ? AcceptEvent.ACCEPTED_LOCAL : AcceptEvent.ACCEPTED_REMOTE);
        if (!local) {
            crossings.count(owner, acceptedOn.index());
        }
        if (local || ownership == OwnershipPolicy.STAY_WITH_LISTENER) {
            return acceptedOn.eventLoop();
        }
        counts.increment(AcceptEvent.HANDED_OVER);
        return loops.get(owner).eventLoop();
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

    /**
     * Registers an accepted connection with the loop that owns it and enters it into that loop's table, before its
     * handlers see it active.
     *
     * @param promise its executor should be {@code owner}
     */
    public ChannelFuture registerAccepted(EventLoop owner, ChannelPromise promise) {
        PinnedLoop loop = loopOf(owner);
        if (loop != null) {
            ConnectionTable table = connections.get(loop.index());
            promise.addListener(registered -> table.add(promise.channel()));
        }
        return owner.register(promise);
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
        return counters.get(loop.index());
    }

    // ---- see

    /** How often something has happened on one loop so far. */
    public long count(int loopIndex, AcceptEvent event) {
        return counters.get(loopIndex).get(event);
    }

    /** How often packets of a connection that {@code loop} accepted arrived at the other one. */
    public long crossings(int arrivedAt, int loop) {
        return crossings.get(arrivedAt, loop);
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
