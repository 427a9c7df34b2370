package io.fastsocket.transport.listen;

/**
 * Which listener the kernel gives a new connection to. Serves the steer step.
 *
 * <p>A policy the kernel or the engine cannot serve gives way to the next one down: {@link #receivingCpu()},
 * {@link #incomingCpu()}, {@link #kernelHash()}, and one listener where a port cannot be shared at all. What was chosen
 * and why not more is in the group's capabilities.
 */
public enum SteeringPolicy {
    /** {@link #receivingCpu()}. */
    RECEIVING_CPU("receiving-cpu"),
    /** {@link #incomingCpu()}. */
    INCOMING_CPU("incoming-cpu"),
    /** {@link #kernelHash()}. */
    KERNEL_HASH("kernel-hash");

    private final String label;

    SteeringPolicy(String label) {
        this.label = label;
    }

    /**
     * The listener of the CPU that received the SYN, by a classic BPF program on the listeners' group (SO_ATTACH_REUSEPORT_CBPF,
     * socket(7), Linux 4.6). Connections received by a CPU without a loop go by the kernel's hash.
     *
     * <p>Gains: accept, first read and all later packets on one core. Costs: as even as the network card's spread over
     * its queues, no evener. Fails: when interrupts of all queues go to one CPU, that CPU's loop gets all connections.
     */
    public static SteeringPolicy receivingCpu() {
        return RECEIVING_CPU;
    }

    /**
     * The same choice by a mark on each listener (SO_INCOMING_CPU, socket(7), Linux 6.2) instead of a program.
     *
     * <p>Gains: does not depend on the order of listeners. Costs: the kernel compares one listener after the other for
     * each connection. Fails: before Linux 6.2 the mark has no effect, which a probe finds.
     */
    public static SteeringPolicy incomingCpu() {
        return INCOMING_CPU;
    }

    /**
     * A hash of the addresses and ports (SO_REUSEPORT, socket(7), Linux 3.9).
     *
     * <p>Gains: spreads evenly whatever the network card does. Costs: one connection in N is on the core that receives
     * it. Fails: few connections spread unevenly.
     */
    public static SteeringPolicy kernelHash() {
        return KERNEL_HASH;
    }

    /** The name used on command lines, in tables and in meters, for example {@code receiving-cpu}. */
    public String label() {
        return label;
    }
}
