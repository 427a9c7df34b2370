package io.fastsocket.perf.compare;

/** What is looked at beside rates. */
public enum Extra {
    /** Latency at 70 % of each server's own maximum, of {@link Work#NEW} and {@link Work#KEEPALIVE}. */
    LATENCY("latency"),
    /** System calls, allocation, pauses and functions. */
    PROFILE("profile"),
    /** Rate and CPU time against the number of connections and of loops. */
    SWEEP("sweep"),
    /** Many connections at once. */
    STORM("storm"),
    /** Memory of connections that do nothing. */
    IDLE("idle");

    private final String label;

    Extra(String label) {
        this.label = label;
    }

    /** The name in options. */
    public String label() {
        return label;
    }

    @Override
    public String toString() {
        return label;
    }
}
