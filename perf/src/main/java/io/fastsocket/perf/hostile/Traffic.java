package io.fastsocket.perf.hostile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Hostile clients of all targets at once, and the one that behaves and goes round among them. */
final class Traffic {
    private static final int FAULTS_KEPT_MAX = 5;

    /** By how much the seeds of two clients differ: the golden ratio in 64 bits. */
    private static final long SEED_STEP = 0x9e3779b97f4a7c15L;

    private Traffic() {}

    /**
     * What came of the traffic to one target.
     *
     * @param connections that hostile clients made
     * @param bytes that they sent, but for those within sessions of TLS
     * @param probes that a well-behaved client made
     * @param faults of the probes, the first ones
     */
    record Sum(long connections, long bytes, long probes, List<String> faults) {
        static final Sum NONE = new Sum(0, 0, 0, List.of());

        Sum plus(Sum other) {
            List<String> all = new ArrayList<>(faults);
            all.addAll(other.faults);
            return new Sum(connections + other.connections, bytes + other.bytes, probes + other.probes, all);
        }
    }

    static Map<String, Sum> run(List<Target> targets, Sockets sockets, long seed, long nanos, int clientsPerTarget)
            throws InterruptedException {
        long deadlineNanos = System.nanoTime() + nanos;
        Map<Target, List<HostileClient>> clients = new LinkedHashMap<>();
        List<Thread> threads = new ArrayList<>();
        long next = seed;
        for (Target target : targets) {
            List<HostileClient> ofTarget = new ArrayList<>();
            for (int i = 0; i < clientsPerTarget; i++) {
                next += SEED_STEP;
                HostileClient client = new HostileClient(target, sockets, next, deadlineNanos);
                ofTarget.add(client);
                Thread thread = new Thread(client, "hostile-" + target.name());
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
            clients.put(target, ofTarget);
        }
        Map<String, Sum> sums = new LinkedHashMap<>();
        do {
            targets.forEach(target -> sums.merge(target.name(), probe(target), Sum::plus));
        } while (System.nanoTime() < deadlineNanos);
        for (Thread thread : threads) {
            thread.join();
        }
        // Once more when all are gone.
        targets.forEach(target -> sums.merge(target.name(), probe(target), Sum::plus));
        clients.forEach((target, ofTarget) -> ofTarget.forEach(client ->
                sums.merge(target.name(), new Sum(client.connections(), client.bytes(), 0, List.of()), Sum::plus)));
        return sums;
    }

    private static Sum probe(Target target) {
        String fault = target.probe().ask(target.address());
        return new Sum(0, 0, 1, fault.isEmpty() ? List.of() : List.of(target.name() + ": " + fault));
    }

    /** Of all targets that one server has: its own, and those named after it with a dash where it has no server. */
    static Sum sumOf(String server, Map<String, Sum> sums) {
        Sum sum = sums.getOrDefault(server, Sum.NONE);
        Sum metrics = sums.getOrDefault(server + "-metrics", Sum.NONE);
        Sum both = sum.plus(metrics);
        int kept = Math.min(FAULTS_KEPT_MAX, both.faults.size());
        return new Sum(both.connections, both.bytes, both.probes, both.faults.subList(0, kept));
    }
}
