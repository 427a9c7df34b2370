package io.fastsocket.transport.connect;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Loops that take turns to open connections with the ports they are proposed, and tell where the answers arrived. */
final class Connections {
    /** ip_local_port_range as the kernel has it by default. */
    static final int[] DEFAULT_RANGE = IntStream.rangeClosed(32_768, 60_999).toArray();

    private record InUse(long destination, int port) {}

    final LearnedPorts learned;
    private final List<PortProposer> loops = new ArrayList<>();
    private final List<Integer> cpus;
    private final Random random;
    private final double noise;
    private final int inUseMax;
    private final Queue<InUse> order = new ArrayDeque<>();
    private final Set<InUse> inUse = new HashSet<>();
    World world;
    private int turn;

    /**
     * @param noise the share of connections whose packets come on any CPU
     * @param inUseMax connections that are open, or in TIME_WAIT: their ports are refused
     */
    Connections(World world, int[] ports, double noise, int inUseMax, Random random) {
        this.world = world;
        this.noise = noise;
        this.inUseMax = inUseMax;
        this.random = random;
        this.learned = new LearnedPorts(ports, random);
        this.cpus = world.cpus();
        cpus.forEach(cpu -> loops.add(learned.proposer(cpu)));
    }

    /** Opens connections and answers how many of them arrived where they were wanted (strays not counted against them). */
    int open(long destination, int connections) {
        int right = 0;
        for (int i = 0; i < connections; i++) {
            int loop = turn++ % loops.size();
            PortProposer proposer = loops.get(loop);
            int port = proposer.first(destination);
            while (inUse.contains(new InUse(destination, port))) {
                port = proposer.next(destination);
            }
            use(new InUse(destination, port));
            int cpu = world.cpu(destination, port);
            right += cpu == cpus.get(loop) ? 1 : 0;
            boolean stray = random.nextDouble() < noise;
            learned.observe(destination, port, stray ? cpus.get(random.nextInt(cpus.size())) : cpu);
        }
        return right;
    }

    private void use(InUse now) {
        inUse.add(now);
        order.add(now);
        if (order.size() > inUseMax) {
            inUse.remove(order.remove());
        }
    }

    /** Opens connections to one destination until the map is trusted, and answers how many it took. */
    int openUntilAffine(long destination, int connectionsMax) {
        for (int connections = 1; connections <= connectionsMax; connections++) {
            open(destination, 1);
            if (learned.state().phase() == LearnedState.Phase.AFFINE) {
                return connections;
            }
        }
        return Integer.MAX_VALUE;
    }

    static long destination(Random random) {
        return ((random.nextLong() >>> 16) & ~0xffffL) | (1 + random.nextInt(65_535));
    }
}
