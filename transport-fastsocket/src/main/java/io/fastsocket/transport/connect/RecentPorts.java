package io.fastsocket.transport.connect;

/** The latest observations, oldest first, a bounded number of them. Not thread safe. */
final class RecentPorts {
    static final int OBSERVATIONS_MAX = 128;

    private final long[] destinations = new long[OBSERVATIONS_MAX];
    private final char[] ports = new char[OBSERVATIONS_MAX];
    private final char[] cpus = new char[OBSERVATIONS_MAX];
    private int size;
    private int oldest;

    void add(long destination, int port, int cpu) {
        int place = size < OBSERVATIONS_MAX ? size++ : oldest++ % OBSERVATIONS_MAX;
        oldest %= OBSERVATIONS_MAX;
        destinations[place] = destination;
        ports[place] = (char) port;
        cpus[place] = (char) cpu;
    }

    void clear() {
        size = 0;
        oldest = 0;
    }

    int size() {
        return size;
    }

    long destination(int index) {
        return destinations[place(index)];
    }

    int port(int index) {
        return ports[place(index)];
    }

    int cpu(int index) {
        return cpus[place(index)];
    }

    private int place(int index) {
        return (oldest + index) % OBSERVATIONS_MAX;
    }
}
