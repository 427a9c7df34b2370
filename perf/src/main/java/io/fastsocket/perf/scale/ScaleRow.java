package io.fastsocket.perf.scale;

import java.util.OptionalDouble;

/**
 * One design on one number of CPUs.
 *
 * @param many with as many connections as were asked for
 * @param imbalanceFew the imbalance with few connections
 * @param microsPerConnection CPU time of a new connection of a client, in microseconds
 * @param rateOverOneCpu new connections of clients a second, over those of one CPU, at even load; empty where it is not
 *     known
 */
public record ScaleRow(
        Design design,
        int cpus,
        Simulation.Outcome many,
        double imbalanceFew,
        double microsPerConnection,
        OptionalDouble rateOverOneCpu) {
    /** The same when the loop that has most to do can do no more: over the imbalance of the many; empty where it is not known. */
    public OptionalDouble rateUntilFullest() {
        return rateOverOneCpu.isPresent()
                ? OptionalDouble.of(rateOverOneCpu.getAsDouble() / many.imbalance())
                : rateOverOneCpu;
    }

    /**
     * Simulates it.
     *
     * @param many connections, 1 or more
     * @param few connections, 1 or more
     */
    public static ScaleRow of(Design design, int cpus, int many, int few, long seed, CostModel costs) {
        Simulation.Outcome outcome = Simulation.run(design, cpus, many, seed);
        double crossShare = outcome.clientCrossShare();
        return new ScaleRow(
                design,
                cpus,
                outcome,
                Simulation.run(design, cpus, few, seed).imbalance(),
                costs.micros(crossShare),
                costs.rateOverOneCpu(design, cpus, crossShare));
    }
}
