package io.fastsocket.perf.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopStats;
import io.fastsocket.transport.connect.FlowDelivery;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.kernel.XdpScrambledNic;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.fastsocket.transport.listen.OwnershipPolicy;
import io.fastsocket.transport.listen.SteeringPolicy;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What runs inside a bed: opens connections to the {@link FlowPeer} in one mode after the other, and prints as JSON how many came back
 * to the loop that opened them.
 */
public final class FlowBed {
    /** Where the beds have the peer, the card, and this side. */
    private static final String PEER = "192.0.2.1";

    private static final String CARD = "eth0";
    private static final String HERE = "192.0.2.2";

    private static final int PHASE_SECONDS_MAX = 300;
    private static final int PEER_SECONDS_MAX = 60;
    private static final int BITS_FIRST_PORT = 40960;
    private static final int BITS_PORTS = 8192;
    /** What makes the card of the learned bed choose; nothing that is measured knows it. */
    private static final long SECRET = 0x5eed_0fa_ca12dL;

    private final Engine engine;
    private final int connections;
    private final List<Phase> phases = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>();

    private FlowBed(Engine engine, int connections) {
        this.engine = engine;
        this.connections = connections;
    }

    /** {@code BED ENGINE CONNECTIONS QUEUES}. */
    public static void main(String[] args) throws Exception {
        FlowBed bed = new FlowBed(
                Engine.valueOf(args[1].toUpperCase(Locale.ROOT).replace('-', '_')), Integer.parseInt(args[2]));
        awaitPeer();
        int queues = Integer.parseInt(args[3]);
        switch (args[0]) {
            case "rss" -> bed.rss(queues);
            case "crossing" -> bed.crossing(queues);
            case "learned" -> bed.learned();
            case "portbits" -> bed.portBits();
            default ->
                throw new IllegalArgumentException("bed=" + args[0] + " (expected rss, crossing, learned or portbits)");
        }
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("bed", args[0]);
        report.put("engine", args[1]);
        report.put("queues", queues);
        report.put("phases", bed.phases);
        report.put("checks", bed.checks);
        System.out.println(
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(report));
        System.exit(0);
    }

    // ---- beds

    /** A card with receive side scaling and a queue for each CPU. */
    private void rss(int queues) throws Exception {
        double chance = 1.0 / queues;
        Phase off = phase("off", FlowDelivery.off(), connections / 4, null);
        checks.add(Check.between("off: local share", chance / 2, 2 * chance, off.localShare()));
        // Tables over all queues, by other bits of the hash.
        String blocks = "weight" + " 1".repeat(queues);
        Phase computed = phase("computed", FlowDelivery.auto(), connections, null);
        checks.add(Check.atLeast("computed: local share", 0.995, computed.localShare()));
        checks.add(Check.within("computed: failed", 0, computed.failed()));
        Phase computedChanged = phase("computed, changed", FlowDelivery.auto(), connections, blocks);
        checks.add(Check.within(
                "computed, changed: recovered after", connections / 2, orNever(computedChanged.recoveredAfter())));
        learnedPhases(blocks, queues);
        accepted("accepted", SteeringPolicy.RECEIVING_CPU, 0.99, 1);
    }

    /** The same card: which connections cross, by chance and with the transport, on the way out and on the way in. */
    private void crossing(int queues) throws Exception {
        double chance = 1.0 / queues;
        Phase off = phase("off", FlowDelivery.off(), connections, null);
        checks.add(Check.between("off: local share", chance / 2, 2 * chance, off.localShare()));
        Phase computed = phase("computed", FlowDelivery.auto(), connections, null);
        checks.add(Check.atLeast("computed: local share", 0.995, computed.localShare()));
        accepted("accepted by hash", SteeringPolicy.KERNEL_HASH, chance / 2, 2 * chance);
        accepted("accepted", SteeringPolicy.RECEIVING_CPU, 0.99, 1);
    }

    private void learnedPhases(String blocks, int queues) throws Exception {
        ethtoolTable("equal " + queues);
        FastSocketEventLoopGroup group = group(FlowDelivery.learned());
        try {
            Phase first = phase("learned", group, peer(0), connections, FlowLoad.ONE_AT_ALL, null);
            checks.add(Check.within("learned: after", 64, first.settledAfter()));
            checks.add(Check.atLeast("learned: local share once learned", 0.98, orZero(first.localShareSettled())));
            Phase second = phase("learned, 2nd dest.", group, peer(1), connections / 4, FlowLoad.ONE_AT_ALL, null);
            checks.add(Check.within("learned, second destination: after", 2, second.settledAfter()));
            Phase changed = phase("learned, changed", group, peer(0), connections, FlowLoad.ONE_AT_ALL, blocks);
            checks.add(Check.within(
                    "learned, changed: recovered after", connections / 2, orNever(changed.recoveredAfter())));
        } finally {
            end(group);
            ethtoolTable("equal " + queues);
        }
    }

    /** A card of which nothing is known, and whose choice is not affine. */
    private void learned() throws Exception {
        Phase off = phase("off", FlowDelivery.off(), connections / 4, null);
        FastSocketEventLoopGroup group = group(FlowDelivery.learned());
        List<Integer> cpus = group.loopStats().stream().map(LoopStats::cpu).toList();
        try (XdpScrambledNic card = XdpScrambledNic.attach(CARD, SECRET, cpus)) {
            System.err.println("card: " + card.mode());
            Phase learned = phase("learned", group, peer(0), connections, FlowLoad.ONE_AT_ALL, null);
            checks.add(Check.atLeast("learned: local share of the last half", 0.95, learned.localShareLastHalf()));
            checks.add(Check.within("learned: failed", 0, learned.failed()));
        } finally {
            end(group);
        }
        checks.add(Check.within("off: failed", 0, off.failed()));
    }

    /** Any card, with a program of our own. */
    private void portBits() throws Exception {
        Phase bits = phase("port bits", FlowDelivery.portBits(CARD, BITS_FIRST_PORT, BITS_PORTS), connections, null);
        checks.add(Check.atLeast("port bits: local share", 0.999, bits.localShare()));
        checks.add(Check.within("port bits: failed", 0, bits.failed()));
        checks.add(new Check(
                "port bits: in force",
                "flow-delivery=port-bits",
                bits.flowDelivery(),
                bits.flowDelivery().equals("flow-delivery=port-bits")));
    }

    /** The way in, in the same bed: connections that the peer opens. */
    private void accepted(String name, SteeringPolicy steering, double lowest, double highest) throws Exception {
        FastSocketEventLoopGroup group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .steering(steering)
                .ownership(OwnershipPolicy.STAY_WITH_LISTENER)
                .build();
        try {
            Channel server = new ServerBootstrap()
                    .group(group)
                    .channel(FastSocketServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel child) {
                            child.pipeline().addLast(new SendBack());
                        }
                    })
                    .bind(HERE, 0)
                    .sync()
                    .channel();
            int count = connections / 4;
            order(((InetSocketAddress) server.localAddress()).getPort(), count);
            long accepted =
                    group.loopStats().stream().mapToLong(LoopStats::accepted).sum();
            long local = group.loopStats().stream()
                    .mapToLong(LoopStats::acceptedLocal)
                    .sum();
            double share = (double) local / accepted;
            System.err.printf("%-18s %6d connections, %6.2f %% local%n", name, accepted, 100 * share);
            checks.add(Check.between(name + ": local share", lowest, highest, share));
            checks.add(Check.within(name + ": missing", 0, (int) (count - accepted)));
        } finally {
            end(group);
        }
    }

    private static final class SendBack extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            ctx.writeAndFlush(msg);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    // ---- steps

    private Phase phase(String name, FlowDelivery delivery, int count, @Nullable String tableUnderWay)
            throws Exception {
        FastSocketEventLoopGroup group = group(delivery);
        try {
            return phase(name, group, peer(0), count, 2, tableUnderWay);
        } finally {
            end(group);
        }
    }

    private Phase phase(
            String name,
            FastSocketEventLoopGroup group,
            InetSocketAddress target,
            int count,
            int inFlightPerLoop,
            @Nullable String tableUnderWay)
            throws Exception {
        Map<String, Map<String, Long>> before = Phase.modes(group);
        FlowLoad load = new FlowLoad(group, target, count, inFlightPerLoop);
        load.start();
        Long changedAt = null;
        if (tableUnderWay != null) {
            while (load.verified() < count / 4 && !load.await(0)) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            ethtoolTable(tableUnderWay);
            changedAt = System.nanoTime();
        }
        if (!load.await(PHASE_SECONDS_MAX)) {
            System.err.println(name + ": not done after " + PHASE_SECONDS_MAX + " s");
        }
        Phase phase = Phase.of(name, group, load, count, changedAt, before);
        phases.add(phase);
        System.err.println(phase.toLine());
        return phase;
    }

    private FastSocketEventLoopGroup group(FlowDelivery delivery) {
        return FastSocketEventLoopGroup.builder()
                .engine(engine)
                .flowDelivery(delivery)
                .build();
    }

    private static void end(FastSocketEventLoopGroup group) throws InterruptedException {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
    }

    private static InetSocketAddress peer(int place) {
        return new InetSocketAddress(PEER, FlowPeer.FIRST_PORT + place);
    }

    private static void ethtoolTable(String table) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ethtool", "-X", CARD));
        command.addAll(List.of(table.split(" ", -1)));
        Process ethtool = new ProcessBuilder(command).inheritIO().start();
        if (ethtool.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: exit code " + ethtool.exitValue());
        }
    }

    private static void order(int port, int count) throws IOException {
        try (Socket control = new Socket(PEER, FlowPeer.CONTROL_PORT)) {
            control.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PHASE_SECONDS_MAX));
            control.getOutputStream()
                    .write((HERE + " " + port + " " + count + "\n").getBytes(StandardCharsets.US_ASCII));
            new BufferedReader(new InputStreamReader(control.getInputStream(), StandardCharsets.US_ASCII)).readLine();
        }
    }

    /** The peer starts at the same time. */
    private static void awaitPeer() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PEER_SECONDS_MAX);
        while (true) {
            try {
                new Socket(PEER, FlowPeer.CONTROL_PORT).close();
                return;
            } catch (IOException notYet) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("no peer at " + PEER + ":" + FlowPeer.CONTROL_PORT, notYet);
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private static int orNever(@Nullable Integer connections) {
        return connections == null ? -1 : connections;
    }

    private static double orZero(@Nullable Double share) {
        return share == null ? 0 : share;
    }
}
