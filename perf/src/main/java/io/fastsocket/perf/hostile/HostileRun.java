package io.fastsocket.perf.hostile;

import io.fastsocket.perf.server.ChildProcesses;
import io.fastsocket.perf.server.ProcFs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Hostile traffic against every role of every server on one engine: what is left of it afterwards, and whether somebody
 * who behaves was served all the time.
 *
 * <p>A second of the same traffic comes first, so that what a server loads and keeps once is not counted as growth.
 */
public final class HostileRun {
    private static final long WARM_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

    /** What a JVM opens by itself meanwhile, such as a jar. */
    private static final int FILES_SLACK = 2;

    /** Nobody connects any more, and what a server waits for is over: lingering, idle pools, a PROXY header. */
    private static final long SETTLE_NANOS_MAX = TimeUnit.SECONDS.toNanos(40);

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Of live objects: code that was compiled, thread-local pools, tickets of TLS; not what a connection left behind. */
    static final long HEAP_SLACK_BYTES = 8L << 20;

    private final Path launcher;
    private final String engine;
    private final long seed;
    private final long seconds;
    private final int clientsPerTarget;
    private final Consumer<String> progress;

    /**
     * @param launcher the script {@code fastsocket} of a checkout
     * @param engine io_uring, epoll or nio
     * @param seed decides what is sent
     * @param seconds how long, 1 or more
     * @param clientsPerTarget threads that connect to each target
     */
    public HostileRun(
            Path launcher, String engine, long seed, long seconds, int clientsPerTarget, Consumer<String> progress) {
        this.launcher = launcher;
        this.engine = engine;
        this.seed = seed;
        this.seconds = seconds;
        this.clientsPerTarget = clientsPerTarget;
        this.progress = progress;
    }

    /** Runs it; every server has ended afterwards. */
    public List<HostileResult> run() throws IOException, InterruptedException {
        ProcFs proc = ProcFs.ofThisMachine();
        try (ChildProcesses children = new ChildProcesses();
                Sockets sockets = new Sockets();
                HostileOrigin origin = HostileOrigin.start(sockets, seed)) {
            Fleet fleet = Fleet.start(launcher, children, engine, origin.address());
            progress.accept(engine + ": " + fleet.servers().size() + " servers listen");
            // Whoever is asked first loads classes.
            fleet.targets().forEach(target -> target.probe().tries(2).ask(target.address()));
            Traffic.run(fleet.targets(), sockets, ~seed, WARM_UP_NANOS, clientsPerTarget);
            quietFiles(fleet, proc);
            // A JVM that is asked for its heap opens a socket for the answer, and keeps it.
            Map<WatchedServer, Long> heapBefore = heap(fleet);
            Map<WatchedServer, Integer> filesBefore = files(fleet, proc);
            progress.accept(engine + ": seed " + seed + ", " + seconds + " s against "
                    + fleet.targets().size() + " targets");
            Map<String, Traffic.Sum> sums =
                    Traffic.run(fleet.targets(), sockets, seed, TimeUnit.SECONDS.toNanos(seconds), clientsPerTarget);
            Map<WatchedServer, Integer> filesAfter = settledFiles(fleet, proc, filesBefore);
            Map<WatchedServer, Long> heapAfter = heap(fleet);
            List<HostileResult> results = new ArrayList<>();
            for (WatchedServer server : reversed(fleet.servers())) {
                boolean alive = server.isAlive();
                int exitCode = server.stop();
                results.add(new HostileResult(
                        engine,
                        server.name(),
                        seed,
                        Traffic.sumOf(server.name(), sums),
                        server.complaints(),
                        filesBefore.getOrDefault(server, 0),
                        filesAfter.getOrDefault(server, 0),
                        heapBefore.getOrDefault(server, 0L),
                        heapAfter.getOrDefault(server, 0L),
                        alive,
                        exitCode));
            }
            return results;
        }
    }

    /** Proxies end before their upstream. */
    private static <T> List<T> reversed(List<T> list) {
        List<T> reversed = new ArrayList<>(list);
        Collections.reverse(reversed);
        return reversed;
    }

    /** Descriptors once their numbers have not changed for a while. */
    private static Map<WatchedServer, Integer> quietFiles(Fleet fleet, ProcFs proc) throws IOException {
        long deadlineNanos = System.nanoTime() + SETTLE_NANOS_MAX;
        Map<WatchedServer, Integer> files = files(fleet, proc);
        long sinceNanos = System.nanoTime();
        while (System.nanoTime() - sinceNanos < QUIET_NANOS && System.nanoTime() < deadlineNanos) {
            LockSupport.parkNanos(POLL_NANOS);
            Map<WatchedServer, Integer> now = files(fleet, proc);
            if (!now.equals(files)) {
                files = now;
                sinceNanos = System.nanoTime();
            }
        }
        return files;
    }

    /** Descriptors once no server has more than before, or when it is too late for that. */
    private static Map<WatchedServer, Integer> settledFiles(
            Fleet fleet, ProcFs proc, Map<WatchedServer, Integer> before) throws IOException {
        long deadlineNanos = System.nanoTime() + SETTLE_NANOS_MAX;
        Map<WatchedServer, Integer> now = files(fleet, proc);
        while (System.nanoTime() < deadlineNanos && !isFlat(before, now)) {
            LockSupport.parkNanos(POLL_NANOS);
            now = files(fleet, proc);
        }
        return now;
    }

    private static boolean isFlat(Map<WatchedServer, Integer> before, Map<WatchedServer, Integer> now) {
        return now.entrySet().stream().allMatch(each -> isFlat(before.getOrDefault(each.getKey(), 0), each.getValue()));
    }

    static boolean isFlat(int before, int after) {
        return after <= before + FILES_SLACK;
    }

    private static Map<WatchedServer, Integer> files(Fleet fleet, ProcFs proc) throws IOException {
        Map<WatchedServer, Integer> files = new HashMap<>();
        for (WatchedServer server : fleet.servers()) {
            if (server.isAlive()) {
                files.put(server, server.openFiles(proc));
            }
        }
        return files;
    }

    private static Map<WatchedServer, Long> heap(Fleet fleet) throws IOException, InterruptedException {
        Map<WatchedServer, Long> heap = new LinkedHashMap<>();
        for (WatchedServer server : fleet.servers()) {
            if (server.isAlive()) {
                heap.put(server, server.liveHeapBytes());
            }
        }
        return heap;
    }
}
