package io.fastsocket.transport.connect;

import java.util.function.IntUnaryOperator;

/**
 * The usable source ports grouped by a label, in the order they were given: the ports of one label share the port's part of
 * the receive hash. A destination then only shifts the labels by an XOR. Immutable.
 */
final class PortBuckets {
    /** Ports are 1 to this. */
    static final int PORT_MAX = 65_535;

    private final char[] ports;
    /** Bucket i is {@code ports[offsets[i]]} up to {@code ports[offsets[i + 1] - 1]}. */
    private final int[] offsets;

    private PortBuckets(char[] ports, int[] offsets) {
        this.ports = ports;
        this.offsets = offsets;
    }

    /**
     * Groups ports in two passes over them.
     *
     * @param usablePorts 1 to {@value #PORT_MAX} each; the order within a bucket is theirs
     * @param labels how many labels there are, at least 1
     * @param labelOfPort from a port to its label, 0 to {@code labels} - 1; asked twice for each port
     * @throws IllegalArgumentException for a port or a label out of range
     */
    static PortBuckets of(int[] usablePorts, int labels, IntUnaryOperator labelOfPort) {
        if (labels < 1) {
            throw new IllegalArgumentException(
                    "cannot group ports: labels=" + labels + " (expected at least 1); fix: count the labels");
        }
        int[] offsets = new int[labels + 1];
        for (int port : usablePorts) {
            offsets[requireLabel(requirePort(port), labelOfPort, labels) + 1]++;
        }
        for (int label = 0; label < labels; label++) {
            offsets[label + 1] += offsets[label];
        }
        int[] next = offsets.clone();
        char[] ports = new char[usablePorts.length];
        for (int port : usablePorts) {
            ports[next[labelOfPort.applyAsInt(port)]++] = (char) port;
        }
        return new PortBuckets(ports, offsets);
    }

    static int requirePort(int port) {
        if (port < 1 || port > PORT_MAX) {
            throw new IllegalArgumentException("cannot use a source port: port=" + port + " (expected 1 to " + PORT_MAX
                    + "); fix: take ports from ip_local_port_range");
        }
        return port;
    }

    private static int requireLabel(int port, IntUnaryOperator labelOfPort, int labels) {
        int label = labelOfPort.applyAsInt(port);
        if (label < 0 || label >= labels) {
            throw new IllegalArgumentException("cannot group port " + port + ": label=" + label + " (expected 0 to "
                    + (labels - 1) + "); fix: reduce the label");
        }
        return label;
    }

    int labels() {
        return offsets.length - 1;
    }

    /** All ports in all buckets. */
    int size() {
        return ports.length;
    }

    int count(int label) {
        return offsets[label + 1] - offsets[label];
    }

    /** The port at place {@code index} of a bucket, 0 to {@code count(label)} - 1. */
    int port(int label, int index) {
        if (index < 0 || index >= count(label)) {
            throw new IndexOutOfBoundsException("no port in the bucket of label " + label + ": index=" + index
                    + " (expected 0 to " + (count(label) - 1) + ")");
        }
        return ports[offsets[label] + index];
    }

    /** Labels that no usable port has: no port leads to what stands behind them. */
    int emptyBuckets() {
        int empty = 0;
        for (int label = 0; label < labels(); label++) {
            if (count(label) == 0) {
                empty++;
            }
        }
        return empty;
    }
}
