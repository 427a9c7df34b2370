package io.fastsocket.perf.scale;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Connections on a machine of any size, one loop pinned to each CPU. The card's hash spreads them over the CPUs at random; each CPU
 * works off what its loop got, and the slowest one ends the run.
 *
 * @param cpus CPUs, each with a loop and a receive queue
 * @param crossingShare connections whose packets do not arrive on their loop's CPU, of all
 * @param proxyCrossingShare the same for a proxy, of the connections on both of its sides
 * @param imbalance connections of the busiest loop over the mean
 * @param speedUp the rate of connections over that of one CPU without a crossing: all work, over the longest that one thread takes
 */
public record Simulation(int cpus, double crossingShare, double proxyCrossingShare, double imbalance, double speedUp) {
    /** More is no machine. */
    public static final int CPUS_MAX = 1024;

    /**
     * Runs it.
     *
     * @throws IllegalArgumentException without a CPU or a connection
     */
    public static Simulation run(Acceptance acceptance, int cpus, int connections, Costs costs, long seed) {
        if (cpus < 1 || cpus > CPUS_MAX || connections < 1) {
            throw new IllegalArgumentException("cannot simulate: cpus=" + cpus + ", connections=" + connections
                    + " (expected cpus 1.." + CPUS_MAX + ", connections >= 1)");
        }
        SplittableRandom random = new SplittableRandom(seed);
        long[] ofLoop = new long[cpus];
        double[] micros = new double[cpus];
        long crossed = 0;
        long crossedBehind = 0;
        for (int i = 0; i < connections; i++) {
            int arrival = random.nextInt(cpus);
            int owner =
                    switch (acceptance) {
                        case ONE_LISTENER -> i % cpus;
                        case HASHED_LISTENERS -> random.nextInt(cpus);
                        case STEERED -> arrival;
                    };
            boolean crosses = owner != arrival;
            crossed += crosses ? 1 : 0;
            crossedBehind += acceptance != Acceptance.STEERED && random.nextInt(cpus) != owner ? 1 : 0;
            ofLoop[owner]++;
            micros[owner] += costs.local() + (crosses ? costs.crossing() : 0);
        }
        double slowest = Arrays.stream(micros).max().orElseThrow();
        if (acceptance == Acceptance.ONE_LISTENER) {
            slowest = Math.max(slowest, connections * costs.serial());
        }
        return new Simulation(
                cpus,
                (double) crossed / connections,
                (crossed + crossedBehind) / (2.0 * connections),
                Arrays.stream(ofLoop).max().orElseThrow() * (double) cpus / connections,
                connections * costs.local() / slowest);
    }
}
