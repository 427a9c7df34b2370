package io.fastsocket.transport;

import io.fastsocket.affinity.AffinityPlan;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.transport.connect.ConnectingLoops;
import io.fastsocket.transport.connect.FlowDelivery;
import io.fastsocket.transport.connect.FlowEvent;
import io.fastsocket.transport.connect.FlowMode;
import io.fastsocket.transport.connect.FlowStats;
import io.fastsocket.transport.engine.CpuOwners;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.engine.StepDownCause;
import io.fastsocket.transport.listen.AcceptEvent;
import io.fastsocket.transport.listen.AcceptingLoops;
import io.fastsocket.transport.listen.LoopListener;
import io.fastsocket.transport.listen.SteeringChoice;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.AbstractEventExecutorGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The event loop group to name in a bootstrap: one loop per core, each pinned, each with a listener of its own for every
 * server channel bound on the group. Its loops are genuine Netty loops and run from the moment the group is made.
 *
 * <pre>{@code
 * EventLoopGroup group = new FastSocketEventLoopGroup();
 * new ServerBootstrap().group(group).channel(FastSocketServerSocketChannel.class).childHandler(..).bind(8080);
 * }</pre>
 *
 * <p>What the machine does not give is replaced by the next best, with one INFO line and an entry in
 * {@link #capabilities()}. All methods may be called from any thread.
 */
public final class FastSocketEventLoopGroup extends AbstractEventExecutorGroup implements EventLoopGroup {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(FastSocketEventLoopGroup.class);

    private final LoopEngine engine;
    private final List<PinnedLoop> loops;
    private final AcceptingLoops accepting;
    private final ConnectingLoops connecting;
    private final GroupStart start;
    private final AtomicInteger nextLoop = new AtomicInteger();
    private final GroupShutdown shutdown;

    /** One loop per CPU this process may use, all defaults. */
    public FastSocketEventLoopGroup() {
        this(0);
    }

    /**
     * @param loops number of loops, or 0 for one per CPU this process may use
     * @throws IllegalArgumentException when negative
     */
    public FastSocketEventLoopGroup(int loops) {
        this(builder().loops(loops));
    }

    FastSocketEventLoopGroup(FastSocketEventLoopGroupBuilder wish) {
        CpuTopology topology = CpuTopology.read();
        AffinityPlan plan = wish.placement.plan(topology, wish.loops);
        start = GroupStart.onFirstEngineThatStarts(wish, plan, topology.allowed());
        engine = start.engine();
        loops = start.loops();
        CpuOwners owners = CpuOwners.of(loops, topology);
        connecting = startConnecting(wish.flowDelivery, owners);
        accepting = new AcceptingLoops(engine, loops, wish.steering, wish.ownership, owners);
        accepting.knownAs(this);
        shutdown = new GroupShutdown(engine, loops, accepting, connecting);
        logger.info("Event loop group started: {}{}{}", start.capabilities(), System.lineSeparator(), plan());
    }

    private ConnectingLoops startConnecting(FlowDelivery wish, CpuOwners owners) {
        try {
            return new ConnectingLoops(engine, loops, owners, wish, SystemRoot.live());
        } catch (RuntimeException | Error refused) {
            loops.forEach(loop -> loop.group().shutdownGracefully(0, 0, TimeUnit.SECONDS));
            throw refused;
        }
    }

    /** All choices, with their defaults. */
    public static FastSocketEventLoopGroupBuilder builder() {
        return new FastSocketEventLoopGroupBuilder();
    }

    // ---- loops

    /** The calling loop when it is one of this group's, else the next one in turn. */
    @Override
    public EventLoop next() {
        PinnedLoop calling = accepting.callingLoop();
        if (calling != null) {
            return calling.eventLoop();
        }
        return loops.get(Math.floorMod(nextLoop.getAndIncrement(), loops.size()))
                .eventLoop();
    }

    /** The genuine Netty loops, by loop index. */
    @Override
    public Iterator<EventExecutor> iterator() {
        return loops.stream()
                .map(PinnedLoop::eventLoop)
                .map(EventExecutor.class::cast)
                .iterator();
    }

    /** The genuine Netty groups behind this one, each of one loop, by loop index, for frameworks that insist on them. */
    public List<EventLoopGroup> unwrap() {
        return loops.stream().map(PinnedLoop::group).toList();
    }

    // ---- channels

    @Override
    public ChannelFuture register(Channel channel) {
        EventLoop loop = loopFor(channel);
        return register(loop, new DefaultChannelPromise(channel, loop));
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
        return register(loopFor(promise.channel()), promise);
    }

    private EventLoop loopFor(Channel channel) {
        return channel.parent() == null ? next() : accepting.ownerOf(channel, next());
    }

    private ChannelFuture register(EventLoop loop, ChannelPromise promise) {
        if (promise.channel().parent() != null) {
            accepting.awaitRegistration(promise.channel());
        }
        engine.guard(promise.channel());
        return loop.register(promise);
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        return register(promise);
    }

    /** Makes client channels of this group's engine, with its guards, whose source ports are chosen when they connect. */
    public ChannelFactory<SocketChannel> socketChannelFactory() {
        return connecting::newSocket;
    }

    /** The class of this group's client channels and accepted connections. */
    public Class<? extends SocketChannel> socketChannelClass() {
        return engine.socketChannelClass();
    }

    // ---- what was chosen, and what happened

    /** The engine that runs; never {@link Engine#AUTO}. */
    public Engine engine() {
        return engine.engine();
    }

    /** Loop, CPU and listener index; prints as a table. */
    public LoopPlan plan() {
        boolean bound = !accepting.servers().isEmpty();
        int listeners = engine.canReusePort() ? loops.size() : 1;
        return new LoopPlan(loops.stream()
                .map(loop -> new LoopPlan.Row(
                        loop.index(), loop.cpu(), bound && loop.index() < listeners ? loop.index() : -1))
                .toList());
    }

    /**
     * What was chosen, and why not more. The steering is known once a server channel is bound, the flow delivery once a connection
     * was opened.
     */
    public List<Capability> capabilities() {
        List<Capability> capabilities = new ArrayList<>(start.capabilities());
        Optional<SteeringChoice> choice = steerings().findFirst();
        String steeringStep = LadderStep.STEERING.label();
        capabilities.add(choice.map(steering -> new Capability(steeringStep, steering.chosen(), steering.whyNotMore()))
                .orElseGet(() ->
                        new Capability(steeringStep, LadderStep.NONE, Optional.of("no server channel is bound"))));
        capabilities.add(
                new Capability(LadderStep.FLOW_DELIVERY.label(), connecting.chosen(), connecting.whyNotMore()));
        return List.copyOf(capabilities);
    }

    /**
     * The rungs of one part of the ladder that are in force, of {@link LadderStep#rungs()}: one, or one for each local address and each
     * server channel where they differ.
     */
    public Set<String> rungs(LadderStep step) {
        Set<String> rungs =
                switch (step) {
                    case ENGINE -> Set.of(engine().label());
                    case PLACEMENT -> Set.of(start.placementRung());
                    case STEERING -> steerings().map(SteeringChoice::chosen).collect(Collectors.toUnmodifiableSet());
                    case FLOW_DELIVERY -> connecting.rungs();
                };
        return rungs.isEmpty() ? Set.of(LadderStep.NONE) : rungs;
    }

    /** Of each server channel that is bound. */
    private Stream<SteeringChoice> steerings() {
        return accepting.servers().stream().flatMap(server -> Optional.ofNullable(server.steering()).stream());
    }

    /** How often this group could not have, or keep, a rung of one part of the ladder, for this cause. */
    public long stepsDown(LadderStep step, StepDownCause cause) {
        return switch (step) {
            case ENGINE -> start.engineStepsDown().get(cause);
            case PLACEMENT -> start.placementStepsDown().get(cause);
            case STEERING -> accepting.stepsDown().get(cause);
            case FLOW_DELIVERY -> connecting.stepsDown().get(cause);
        };
    }

    /** What each loop has done so far, by loop index. */
    public List<LoopStats> loopStats() {
        return loops.stream().map(this::statsOf).toList();
    }

    /** The same of one loop, from 0. */
    public LoopStats loopStats(int loopIndex) {
        return statsOf(loops.get(loopIndex));
    }

    /**
     * Why a loop has died: what its thread ended with although this group was not shut down. Empty while it lives, stuck or not,
     * and when it ended with its group.
     *
     * @param loopIndex 0 to the number of loops - 1
     */
    public Optional<String> causeOfDeath(int loopIndex) {
        return shutdown.deaths().causeOf(loopIndex);
    }

    /** Whether {@link #shutdownGracefully} was called, in whatever state the loops are. */
    boolean isShutdownAskedFor() {
        return shutdown.isAskedFor();
    }

    /** What each loop's outgoing connections did in each mode of flow delivery, by loop index and mode. */
    public List<FlowStats> flowStats() {
        return connecting.stats();
    }

    /** The same of one loop, from 0, and one mode. */
    public FlowStats flowStats(int loopIndex, FlowMode mode) {
        return connecting.stats(loopIndex, mode);
    }

    /** The pairs of loops between which connections crossed, without those where none did. */
    public List<Crossing> crossings() {
        List<Crossing> crossings = new ArrayList<>();
        for (int from = 0; from < loops.size(); from++) {
            for (int to = 0; to < loops.size(); to++) {
                long count = accepting.crossings(from, to) + connecting.crossings(from, to);
                if (count > 0) {
                    crossings.add(new Crossing(from, to, count));
                }
            }
        }
        return crossings;
    }

    /** The listeners of the server channels that are bound on this group, whose queues can be looked at. */
    public List<LoopListener> listeners() {
        return accepting.listeners();
    }

    /**
     * Calls {@code action} after each bind and close that changes {@link #listeners()}, on some loop, which it must not keep waiting.
     *
     * @return ends it
     */
    public AutoCloseable onListenersChanged(Runnable action) {
        return accepting.onListenersChanged(action);
    }

    /** Times a steering program was attached to the listeners of a server channel: once at each bind. */
    public long programsAttached() {
        return accepting.programsAttached();
    }

    /**
     * Whether a connection's last packet arrived at the loop it lives on; true where that cannot be known. A pool that is to keep
     * connections on their cores asks it.
     */
    public boolean isLocal(Channel channel) {
        return connecting.isLocal(channel);
    }

    /**
     * Follow the packet: gives a connection that nobody uses yet, such as a pool's new one, to the loop of this group that its packets
     * arrive at, as of the last one. Its handlers must not depend on the loop. On io_uring channels cannot be moved, and stay.
     *
     * @return the channel, registered where it lives from now on; at once when it stays where it is
     */
    public Future<Channel> followPackets(Channel idle) {
        return connecting.followPackets(idle);
    }

    private long countOut(PinnedLoop loop, FlowEvent event, FlowMode... modes) {
        return Stream.of(modes)
                .mapToLong(mode -> connecting.count(loop.index(), mode, event))
                .sum();
    }

    private LoopStats statsOf(PinnedLoop loop) {
        return new LoopStats(
                loop.index(),
                loop.cpu(),
                causeOfDeath(loop.index()).isPresent(),
                accepting.count(loop.index(), AcceptEvent.ACCEPTED),
                accepting.count(loop.index(), AcceptEvent.ACCEPTED_LOCAL),
                accepting.count(loop.index(), AcceptEvent.ACCEPTED_REMOTE),
                accepting.count(loop.index(), AcceptEvent.ACCEPTED_UNKNOWN),
                accepting.count(loop.index(), AcceptEvent.HANDED_OVER),
                accepting.connectionCount(loop.index()),
                accepting.count(loop.index(), AcceptEvent.ACCEPT_ERRORS),
                new LoopStats.AcceptPauses(
                        accepting.count(loop.index(), AcceptEvent.PAUSED_BY_PROCESS_FILES),
                        accepting.count(loop.index(), AcceptEvent.PAUSED_BY_SYSTEM_FILES),
                        accepting.count(loop.index(), AcceptEvent.PAUSED_BY_MEMORY),
                        accepting.count(loop.index(), AcceptEvent.PAUSED_OTHERWISE)),
                countOut(loop, FlowEvent.CHOSEN, FlowMode.values()),
                countOut(loop, FlowEvent.HIT, FlowMode.values()),
                countOut(loop, FlowEvent.MISSED, FlowMode.PORT_BITS, FlowMode.COMPUTED, FlowMode.LEARNED));
    }

    /**
     * The accepted connections a loop owns now.
     *
     * @param loopIndex 0 to the number of loops - 1
     */
    public List<Channel> connections(int loopIndex) {
        return accepting.connections(loopIndex);
    }

    /** The open accepted connection between two addresses: the calling loop's own are looked at first, then the others'. */
    public Optional<Channel> findConnection(SocketAddress local, SocketAddress remote) {
        return accepting.findConnection(local, remote);
    }

    // ---- end

    /**
     * Closes the group's server channels and connections and ends its loops.
     *
     * @param quietPeriod how long a loop waits for further tasks before it ends
     * @param timeout the most it waits, whatever tasks come
     */
    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        return shutdown.start(quietPeriod, timeout, unit);
    }

    @Override
    public Future<?> terminationFuture() {
        return shutdown.terminated();
    }

    @Override
    @Deprecated
    public void shutdown() {
        shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Override
    public boolean isShuttingDown() {
        return shutdown.isStarted();
    }

    @Override
    public boolean isShutdown() {
        return loops.stream().allMatch(loop -> loop.group().isShutdown());
    }

    @Override
    public boolean isTerminated() {
        return loops.stream().allMatch(loop -> loop.group().isTerminated());
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return shutdown.terminated().await(timeout, unit);
    }
}
