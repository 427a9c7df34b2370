package io.fastsocket.perf.scale;

import java.util.OptionalDouble;

/**
 * What a new connection costs, and the rate that follows, over that of one CPU.
 *
 * <p>With L the cost of a local connection, X what one that crosses costs besides, p(N) the share that crosses on N CPUs, and S the part
 * of L that only one loop does, which is 0 but for one listener:
 *
 * <pre>
 * c(N)     = L + p(N) X
 * rate(N)  = L / (S + (c(N) - S) / N)
 * </pre>
 *
 * That is Amdahl's law, with a cost that grows from L towards L + X; it is the Universal Scalability Law without its coherency term, and
 * never exceeds L / S. A kernel whose locks are fought over becomes slower with more CPUs, which this does not model. Load is taken to be
 * even over the loops: where it is not, divide by the imbalance.
 *
 * @param localMicros L: CPU time of a connection handled on the CPU that received it, in microseconds, more than 0
 * @param crossMicros X: CPU time that crossing adds, in microseconds, 0 or more
 * @param acceptSerialMicros S, in microseconds, up to {@code localMicros}; empty where it is not known, and then the rate of one listener
 *     is not known either
 */
public record CostModel(double localMicros, double crossMicros, OptionalDouble acceptSerialMicros) {
    /** @throws IllegalArgumentException if a cost is out of its range */
    public CostModel {
        double serial = acceptSerialMicros.orElse(0);
        // NaN is in no range.
        if (!(localMicros > 0
                && localMicros < Double.POSITIVE_INFINITY
                && crossMicros >= 0
                && crossMicros < Double.POSITIVE_INFINITY
                && serial >= 0
                && serial <= localMicros)) {
            throw new IllegalArgumentException("cannot model: local=" + localMicros + ", cross=" + crossMicros
                    + ", accept-serial=" + (acceptSerialMicros.isPresent() ? serial : "not given")
                    + " (expected microseconds: local more than 0, cross 0 or more, accept-serial 0 to local)");
        }
    }

    /** CPU time of a new connection on average, in microseconds: c(N). */
    public double micros(double crossShare) {
        return localMicros + crossShare * crossMicros;
    }

    /** New connections a second over those of one CPU; empty where a cost of the design is not known. */
    public OptionalDouble rateOverOneCpu(Design design, int cpus, double crossShare) {
        if (design != Design.ONE_LISTENER) {
            return OptionalDouble.of(rate(0, cpus, crossShare));
        }
        return acceptSerialMicros.isPresent()
                ? OptionalDouble.of(rate(acceptSerialMicros.getAsDouble(), cpus, crossShare))
                : OptionalDouble.empty();
    }

    private double rate(double serialMicros, int cpus, double crossShare) {
        return localMicros / (serialMicros + (micros(crossShare) - serialMicros) / cpus);
    }
}
