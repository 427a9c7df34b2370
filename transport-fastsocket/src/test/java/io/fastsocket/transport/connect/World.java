package io.fastsocket.transport.connect;

import java.util.List;

/** On which CPU answers arrive. */
interface World {
    int cpu(long destination, int port);

    /** The CPUs on which answers arrive at all. */
    List<Integer> cpus();

    /** A rule without a class. */
    interface Rule {
        int cpu(long destination, int port);
    }

    static World of(List<Integer> cpus, Rule rule) {
        return new World() {
            @Override
            public int cpu(long destination, int port) {
                return rule.cpu(destination, port);
            }

            @Override
            public List<Integer> cpus() {
                return cpus;
            }
        };
    }
}
