package io.fastsocket.perf.scale;

/**
 * CPU time in microseconds.
 *
 * @param local of a connection whose packets arrive on the CPU of its loop
 * @param crossing more, of one whose packets arrive elsewhere
 * @param serial of the thread of a single listener, for each connection
 */
public record Costs(double local, double crossing, double serial) {
    public Costs {
        if (!(local > 0) || !(crossing >= 0) || !(serial >= 0)) {
            throw new IllegalArgumentException("cannot simulate: local=" + local + ", crossing=" + crossing
                    + ", serial=" + serial + " (expected local > 0, crossing >= 0, serial >= 0)");
        }
    }
}
