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
import io.fastsocket.transport.listen.AcceptEvent;
import io.fastsocket.transport.listen.AcceptingLoops;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final List<Capability> startCapabilities;
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
        GroupStart start = GroupStart.onFirstEngineThatStarts(wish, plan, topology.allowed());
        engine = start.engine();
        loops = start.loops();
        startCapabilities = start.capabilities();
        CpuOwners owners = CpuOwners.of(loops, topology);
        connecting = startConnecting(wish.flowDelivery, owners);
        accepting = new AcceptingLoops(engine, loops, wish.steering, wish.ownership, owners);
        shutdown = new GroupShutdown(engine, loops, accepting, connecting);
        logger.info("Event loop group started: {}{}{}", startCapabilities, System.lineSeparator(), plan());
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
            return accepting.registerAccepted(loop, promise);
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
        List<Capability> capabilities = new ArrayList<>(startCapabilities);
        Optional<SteeringChoice> choice = accepting.servers().stream()
                .flatMap(server -> Optional.ofNullable(server.steering()).stream())
                .findFirst();
        capabilities.add(choice.map(steering -> new Capability("steering", steering.chosen(), steering.whyNotMore()))
                .orElseGet(() -> new Capability("steering", "none", Optional.of("no server channel is bound"))));
        capabilities.add(new Capability("flow-delivery", connecting.chosen(), connecting.whyNotMore()));
        return List.copyOf(capabilities);
    }

    /** What each loop has done so far, by loop index. */
    public List<LoopStats> loopStats() {
        return loops.stream().map(this::statsOf).toList();
    }

    /** What each loop's outgoing connections did in each mode of flow delivery, by loop index and mode. */
    public List<FlowStats> flowStats() {
        return connecting.stats();
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
                accepting.count(loop.index(), AcceptEvent.ACCEPTED),
                accepting.count(loop.index(), AcceptEvent.ACCEPTED_LOCAL),
                accepting.count(loop.index(), AcceptEvent.ACCEPTED_REMOTE),
                accepting.count(loop.index(), AcceptEvent.HANDED_OVER),
                accepting.connectionCount(loop.index()),
                accepting.count(loop.index(), AcceptEvent.ACCEPT_ERRORS),
                accepting.count(loop.index(), AcceptEvent.ACCEPT_PAUSES),
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
