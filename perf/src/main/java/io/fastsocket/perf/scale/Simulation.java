package io.fastsocket.perf.scale;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Connections of a proxy: each comes from a client, is accepted by a loop as the design has it, and that loop opens one to an upstream.
 * Packets are processed in the softirq of the CPU they arrive on; the handling, one unit of work for each side, is the loop's. A side
 * crosses where these are two CPUs. Nothing is measured here but the rules of the design; the scheduler, the kernel's locks and the
 * caches are not simulated.
 */
public final class Simulation {
    private Simulation() {}

    /**
     * What came of it. Shares are 0 to 1.
     *
     * @param clientCrossShare of the connections of clients, those that cross
     * @param upstreamCrossShare the same of the connections to upstreams
     * @param requestCrossShare of a proxy's requests, one on each connection, those that cross on either side
     * @param workElsewhereShare of the handling of both sides, that done on another CPU than the one that received the packets
     * @param imbalance the work of the loop that has most, over the mean of all loops
     */
    public record Outcome(
            double clientCrossShare,
            double upstreamCrossShare,
            double requestCrossShare,
            double workElsewhereShare,
            double imbalance) {}

    /**
     * Runs it. The same arguments have the same outcome.
     *
     * @param connections of clients, 1 or more
     * @throws IllegalArgumentException if {@code cpus} is out of the range of an indirection table of 128 entries, or there are no
     *     connections
     */
    public static Outcome run(Design design, int cpus, int connections, long seed) {
        if (connections < 1) {
            throw new IllegalArgumentException("cannot simulate: connections=" + connections + " (expected 1 or more)");
        }
        ReceiveHash hash = new ReceiveHash(cpus);
        SplittableRandom random = new SplittableRandom(seed);
        int[] loads = new int[cpus];
        int clients = 0;
        int upstreams = 0;
        int requests = 0;
        for (int i = 0; i < connections; i++) {
            int arrivalCpu = hash.nextCpu(random);
            int loop = design.loopOf(i, arrivalCpu, cpus, random);
            boolean clientCrosses = loop != arrivalCpu;
            boolean upstreamCrosses = loop != design.answersArriveAt(loop, hash, random);
            loads[loop]++;
            clients += clientCrosses ? 1 : 0;
            upstreams += upstreamCrosses ? 1 : 0;
            requests += clientCrosses || upstreamCrosses ? 1 : 0;
        }
        double all = connections;
        return new Outcome(
                clients / all,
                upstreams / all,
                requests / all,
                (clients + upstreams) / (2 * all),
                Arrays.stream(loads).max().orElseThrow() * cpus / all);
    }
}
