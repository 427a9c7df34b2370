package io.fastsocket.transport.connect;

import io.fastsocket.affinity.RssConfig.FlowType;
import io.fastsocket.affinity.RssMap;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.transport.engine.CpuOwners;
import io.fastsocket.transport.engine.Crossings;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.engine.EventCounters;
import io.fastsocket.transport.engine.LoopEngine;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.engine.StepDownCause;
import io.fastsocket.transport.engine.StepsDown;
import io.fastsocket.transport.kernel.SocketOptions;
import io.fastsocket.transport.kernel.XdpPortSteering;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The loops of one group as the way out sees them: what is known of each local address, and what each loop's connections did. One
 * per event loop group; safe for use by any thread unless a method says otherwise.
 */
public final class ConnectingLoops implements AutoCloseable {
    /** Local addresses that ports are chosen for; connections from more of them take any port. */
    private static final int ADDRESSES_MAX = 256;

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(ConnectingLoops.class);

    private final LoopEngine engine;
    private final List<PinnedLoop> loops;
    private final CpuOwners owners;
    private final FlowDelivery wish;
    private final SystemRoot root;
    private final List<ConnectingLoop> connecting = new ArrayList<>();
    private final IdentityHashMap<EventLoop, ConnectingLoop> connectingByEventLoop = new IdentityHashMap<>();
    private final Map<InetAddress, CompletableFuture<OutgoingAddress>> addresses = new ConcurrentHashMap<>();
    private final Crossings crossings;
    private final StepsDown stepsDown = new StepsDown();
    /** Why no port is chosen at all, or null. */
    private final @Nullable String obstacle;

    private final @Nullable PortBitsRange portBits;
    private final @Nullable XdpPortSteering steering;
    private final Optional<String> whyNoPortBits;

    /**
     * Loads the program of {@link FlowDelivery#portBits}, if that is the wish.
     *
     * @throws IllegalArgumentException if its range does not fit the number of loops
     */
    public ConnectingLoops(
            LoopEngine engine, List<PinnedLoop> loops, CpuOwners owners, FlowDelivery wish, SystemRoot root) {
        this.engine = engine;
        this.loops = loops;
        this.owners = owners;
        this.wish = wish;
        this.root = root;
        this.crossings = new Crossings(loops.size());
        this.obstacle = obstacle(engine, loops);
        for (PinnedLoop loop : loops) {
            ConnectingLoop own = new ConnectingLoop(this, loop);
            connecting.add(own);
            connectingByEventLoop.put(loop.eventLoop(), own);
        }
        this.portBits = wish instanceof FlowDelivery.PortBitsOf bits ? PortBitsRange.of(bits, loops.size()) : null;
        if (obstacle != null && loops.size() > 1 && !(wish instanceof FlowDelivery.Off)) {
            stepsDown.count(engine.engine() == Engine.NIO ? StepDownCause.UNAVAILABLE : StepDownCause.UNPINNED);
        }
        if (portBits == null || obstacle != null) {
            this.steering = null;
            this.whyNoPortBits = Optional.empty();
            return;
        }
        XdpPortSteering attached = null;
        Optional<String> why = Optional.empty();
        try {
            attached = portBits.steer(loops);
            logger.info("Port bits: {} program on {}", attached.mode(), portBits);
        } catch (IOException refused) {
            why = Optional.of("port-bits: " + refused.getMessage());
            stepsDown.count(StepDownCause.of(refused));
            logger.info("Flow delivery goes on without port bits: {}", refused.getMessage());
        }
        this.steering = attached;
        this.whyNoPortBits = why;
    }

    private static @Nullable String obstacle(LoopEngine engine, List<PinnedLoop> loops) {
        if (engine.engine() == Engine.NIO) {
            return "the nio engine does not give its sockets away: no connection can be verified";
        }
        if (loops.size() == 1) {
            return "one loop";
        }
        return loops.stream().anyMatch(loop -> loop.cpu() == PinnedLoop.UNPINNED) ? "a loop is not pinned" : null;
    }

    /** A client channel of the engine, with its guards, whose source port is chosen when it connects. */
    public SocketChannel newSocket() {
        SocketChannel channel = engine.newSocket();
        channel.pipeline().addLast(FlowDeliveryHandler.NAME, new FlowDeliveryHandler(this, channel));
        return channel;
    }

    /** The loop whose thread is calling, or null when it is none of these. */
    @Nullable
    ConnectingLoop callingLoop() {
        PinnedLoop calling = PinnedLoop.ofThisThread();
        return calling == null ? null : connectingByEventLoop.get(calling.eventLoop());
    }

    /** Whether ports are to be chosen at all. */
    boolean chooses() {
        return obstacle == null && !(wish instanceof FlowDelivery.Off);
    }

    List<PinnedLoop> loops() {
        return loops;
    }

    CpuOwners owners() {
        return owners;
    }

    /** What is known of a local address, read in the background at its first use; null when there are too many. */
    @Nullable
    CompletableFuture<OutgoingAddress> address(InetAddress local) {
        CompletableFuture<OutgoingAddress> known = addresses.get(local);
        if (known != null) {
            return known;
        }
        if (addresses.size() >= ADDRESSES_MAX) {
            return null;
        }
        CompletableFuture<OutgoingAddress> made = new CompletableFuture<>();
        CompletableFuture<OutgoingAddress> first = addresses.putIfAbsent(local, made);
        if (first != null) {
            return first;
        }
        GlobalEventExecutor.INSTANCE.execute(() -> {
            try {
                made.complete(read(local));
            } catch (RuntimeException | Error unreadable) {
                logger.warn(
                        "Source ports of {} are not chosen: reading the system failed; fix: see the cause, or use"
                                + " flowDelivery(FlowDelivery.off())",
                        local.getHostAddress(),
                        unreadable);
                made.completeExceptionally(unreadable);
            }
        });
        return made;
    }

    private OutgoingAddress read(InetAddress local) {
        Optional<String> own = interfaceOf(local);
        boolean byBits = steering != null
                && portBits != null
                && own.filter(portBits.interfaceName()::equals).isPresent();
        Optional<String> card = wish instanceof FlowDelivery.Rss rss ? Optional.of(rss.interfaceName()) : own;
        return new OutgoingAddress(
                local,
                LocalPorts.read(root),
                new PortLeases(PortLeases.timeWaitReusable(root), System::nanoTime),
                byBits ? portBits : null,
                wish instanceof FlowDelivery.Learned ? null : cardOf(card, local),
                GlobalEventExecutor.INSTANCE,
                System::nanoTime,
                stepsDown);
    }

    private Supplier<Answer<RssMap>> cardOf(Optional<String> card, InetAddress local) {
        if (card.isEmpty()) {
            return () -> Answer.unsupported("no interface has the address " + local.getHostAddress());
        }
        return new CardReader(root, card.get(), local instanceof Inet4Address ? FlowType.TCP4 : FlowType.TCP6);
    }

    private static Optional<String> interfaceOf(InetAddress local) {
        try {
            return Optional.ofNullable(NetworkInterface.getByInetAddress(local)).map(NetworkInterface::getName);
        } catch (SocketException unknown) {
            return Optional.empty();
        }
    }

    /** The CPU that received the last packet of a connection; {@link SocketOptions#CPU_UNKNOWN} where it cannot be read. */
    int incomingCpu(Channel channel) {
        Socket socket = engine.socketOf(channel);
        try {
            return socket == null ? SocketOptions.CPU_UNKNOWN : SocketOptions.incomingCpu(socket);
        } catch (IOException closedOrUnknown) {
            return SocketOptions.CPU_UNKNOWN;
        }
    }

    /** Best effort: without the option, ports run out a little earlier. */
    void chooseNoPortAtBind(Channel channel) {
        Socket socket = engine.socketOf(channel);
        try {
            if (socket != null) {
                SocketOptions.bindAddressNoPort(socket);
            }
        } catch (IOException unknownToKernel) {
            logger.debug("IP_BIND_ADDRESS_NO_PORT refused on {}", channel, unknownToKernel);
        }
    }

    // ---- see

    /** The mode in force, for people: of each local address that connections came from so far, most often one. */
    public String chosen() {
        if (!chooses()) {
            return obstacle == null || wish instanceof FlowDelivery.Off ? "off" : FlowMode.ANY.label();
        }
        String modes = ready().map(address -> address.mode().flow().label())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return modes.isEmpty() ? wish.toString() : modes;
    }

    /** Why not a better one. */
    public Optional<String> whyNotMore() {
        if (wish instanceof FlowDelivery.Off) {
            return Optional.empty();
        }
        if (obstacle != null) {
            return Optional.of(obstacle);
        }
        String why = Stream.concat(
                        whyNoPortBits.stream(), ready().flatMap(address -> address.mode().whyNotMore().stream()))
                .distinct()
                .collect(Collectors.joining("; "));
        if (addresses.isEmpty() && why.isEmpty()) {
            return Optional.of("no connection to another machine yet");
        }
        return why.isEmpty() ? Optional.empty() : Optional.of(why);
    }

    private Stream<OutgoingAddress> ready() {
        return addresses.values().stream()
                .filter(address -> address.isDone() && !address.isCompletedExceptionally())
                .map(CompletableFuture::join);
    }

    /** The modes in force, each of at least one local address; none before the first connection that a port could be chosen for. */
    public Set<String> rungs() {
        if (!chooses()) {
            return Set.of(chosen());
        }
        return ready().map(address -> address.mode().flow().label()).collect(Collectors.toUnmodifiableSet());
    }

    void crossed(int arrivedAt, int loop) {
        crossings.count(arrivedAt, loop);
    }

    /** How often the first bytes of a connection that {@code loop} opened arrived at the other one. */
    public long crossings(int arrivedAt, int loop) {
        return crossings.get(arrivedAt, loop);
    }

    /** Steps down the ladder of flow delivery. */
    public StepsDown stepsDown() {
        return stepsDown;
    }

    /** How often something has happened on one loop so far, in one mode. */
    public long count(int loopIndex, FlowMode mode, FlowEvent event) {
        return connecting.get(loopIndex).counters(mode).get(event);
    }

    /** What each loop did in each mode, by loop index and mode. */
    public List<FlowStats> stats() {
        List<FlowStats> stats = new ArrayList<>();
        for (PinnedLoop loop : loops) {
            for (FlowMode mode : FlowMode.values()) {
                stats.add(stats(loop.index(), mode));
            }
        }
        return stats;
    }

    /** What one loop did in one mode. */
    public FlowStats stats(int loopIndex, FlowMode mode) {
        EventCounters<FlowEvent> counters = connecting.get(loopIndex).counters(mode);
        return new FlowStats(
                loopIndex,
                mode,
                counters.get(FlowEvent.CHOSEN),
                counters.get(FlowEvent.HIT),
                counters.get(FlowEvent.MISSED),
                counters.get(FlowEvent.FAILED),
                counters.get(FlowEvent.FALLBACK),
                counters.get(FlowEvent.ATTEMPTS));
    }

    /**
     * Whether a connection's packets arrive at the loop it lives on, as of its last packet; true where that cannot be known.
     */
    public boolean isLocal(Channel channel) {
        int owner = owners.loopOf(incomingCpu(channel));
        return owner == CpuOwners.NO_LOOP || loops.get(owner).eventLoop() == channel.eventLoop();
    }

    /**
     * Gives a connection that nobody uses yet to the loop that its packets arrive at, as of the last one.
     *
     * @return the channel, once it is registered there; at once where it stays: it is local, the CPU is not known, or the engine
     *     cannot move channels
     */
    public Future<Channel> followPackets(Channel channel) {
        Promise<Channel> followed = channel.eventLoop().newPromise();
        int owner = owners.loopOf(incomingCpu(channel));
        EventLoop target = owner == CpuOwners.NO_LOOP
                ? channel.eventLoop()
                : loops.get(owner).eventLoop();
        if (target == channel.eventLoop() || !engine.movesChannels()) {
            return followed.setSuccess(channel);
        }
        channel.deregister().addListener(left -> {
            if (left.isSuccess()) {
                target.register(channel).addListener(arrived -> complete(followed, channel, arrived));
            } else {
                complete(followed, channel, left);
            }
        });
        return followed;
    }

    private static void complete(Promise<Channel> followed, Channel channel, Future<?> step) {
        if (step.isSuccess()) {
            followed.trySuccess(channel);
        } else {
            if (!channel.isRegistered()) {
                // On no loop, nobody else can.
                channel.unsafe().closeForcibly();
            }
            followed.tryFailure(step.cause());
        }
    }

    /** Takes the program of {@link FlowDelivery#portBits} away again. */
    @Override
    public void close() {
        if (steering != null) {
            steering.close();
        }
    }

    /** One loop's own part. Used by that loop alone, but for the counters. */
    static final class ConnectingLoop {
        private final ConnectingLoops group;
        private final PinnedLoop loop;
        /** In the order of the modes. */
        private final List<EventCounters<FlowEvent>> counters = new ArrayList<>();

        private final SourceAddress sources = new SourceAddress(System::nanoTime);
        private final IdentityHashMap<OutgoingAddress, LoopPorts> ports = new IdentityHashMap<>();

        ConnectingLoop(ConnectingLoops group, PinnedLoop loop) {
            this.group = group;
            this.loop = loop;
            for (int i = 0; i < FlowMode.values().length; i++) {
                counters.add(new EventCounters<>(FlowEvent.class));
            }
        }

        PinnedLoop loop() {
            return loop;
        }

        SourceAddress sources() {
            return sources;
        }

        EventCounters<FlowEvent> counters(FlowMode mode) {
            return counters.get(mode.ordinal());
        }

        LoopPorts ports(OutgoingAddress address) {
            return ports.computeIfAbsent(address, first -> new LoopPorts(first, loop, group.loops, group.owners));
        }
    }
}
