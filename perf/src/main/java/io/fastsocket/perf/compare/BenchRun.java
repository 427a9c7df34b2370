package io.fastsocket.perf.compare;

import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.examples.http.HttpServerSettings;
import io.fastsocket.perf.idle.IdleMemory;
import io.fastsocket.perf.idle.OpenFileLimit;
import io.fastsocket.perf.inspect.Inspector;
import io.fastsocket.perf.inspect.JvmHeap;
import io.fastsocket.perf.load.LoadGenerator;
import io.fastsocket.perf.server.ChildProcesses;
import io.fastsocket.perf.server.MissingServerException;
import io.fastsocket.perf.server.ProcFs;
import io.fastsocket.perf.server.ServerCommand;
import io.fastsocket.perf.server.ServerKind;
import io.fastsocket.perf.server.ServerProcess;
import io.fastsocket.perf.server.ServerRole;
import io.fastsocket.perf.server.ServerSetup;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A whole comparison: starts servers by their role, takes the rounds of each kind of work, then the extras. */
public final class BenchRun {
    /** Of a server's storms, the median by duration is reported. */
    private static final int STORM_ROUNDS = 3;

    private static final Duration START_PATIENCE = Duration.ofSeconds(30);

    /** Whose cost is shown against the number of connections and of loops. */
    private static final Set<ServerKind> SWEPT = Set.of(
            ServerKind.FASTSOCKET_IO_URING,
            ServerKind.STOCK_IO_URING,
            ServerKind.NETTY42_IO_URING,
            ServerKind.NGINX,
            ServerKind.FLOOR_IO_URING);

    private static final int[] SWEPT_CONNECTIONS = {8, 64, 512, 4096};

    /** The kinds of work that latency is taken of, with one server from the start to the end of each connection. */
    private static final Set<Work> WITH_LATENCY = Set.of(Work.NEW, Work.KEEPALIVE);

    /** Files of a server or of this process beside its connections. */
    private static final int OTHER_FILES_MAX = 1000;

    private final BenchPlan plan;
    private final ChildProcesses children;
    private final ProcFs procFs;
    private final Consumer<String> progress;
    private final Inspector inspector;
    private final BenchResult result = new BenchResult();
    private final Set<ServerKind> missing = new HashSet<>();
    private @Nullable ServerProcess origin;

    /**
     * A run that has not begun.
     *
     * @param progress takes a line now and then that says how far it is, and what is left out
     * @throws IllegalArgumentException if the connections do not go round the CPUs
     */
    public BenchRun(BenchPlan plan, ChildProcesses children, Consumer<String> progress)
            throws IOException, InterruptedException {
        this.plan = plan;
        this.children = children;
        this.progress = progress;
        this.procFs = ProcFs.ofThisMachine();
        this.inspector = new Inspector(children, procFs, progress);
    }

    /**
     * Runs it to its end.
     *
     * @throws IOException if a server or a load of the rates fails; figures of half a comparison are not handed out
     */
    public BenchResult run() throws IOException, InterruptedException {
        long pairs = plan.works().stream()
                .mapToLong(work -> plan.servers().stream().filter(work::suits).count())
                .sum();
        progress.accept("rates: at most " + plan.schedule().totalSeconds(pairs) + " s under load");
        try (LoadGenerator generator = new LoadGenerator(CpuTopology.read().allowed(), Engine.AUTO)) {
            for (ServerRole role : ServerRole.values()) {
                List<Work> works = plan.works().stream()
                        .filter(work -> work.role() == role)
                        .toList();
                if (!works.isEmpty()) {
                    runRole(role, works, generator);
                }
            }
        }
        runExtra(Extra.SWEEP, this::sweep);
        runExtra(Extra.IDLE, this::idle);
        return result;
    }

    /** Part of a run that its rates do not depend on. */
    private interface Part {
        void run() throws IOException, InterruptedException;
    }

    /** What comes after the rates must not cost them: a failure leaves the rest of the extra out, and is told. */
    private void runExtra(Extra extra, Part part) throws InterruptedException {
        if (!plan.extras().contains(extra)) {
            return;
        }
        try {
            part.run();
        } catch (IOException e) {
            String reason = extra + " is not complete: " + e.getMessage();
            progress.accept(reason);
            result.leftOut.add(reason);
        }
    }

    private void runRole(ServerRole role, List<Work> works, LoadGenerator generator)
            throws IOException, InterruptedException {
        Map<ServerKind, ServerProcess> servers = new EnumMap<>(ServerKind.class);
        try {
            for (ServerKind kind : plan.servers()) {
                if (kind.supports(role)) {
                    start(kind, role, plan.loops(), JvmHeap.jvmOptions(collectionLog(kind, role)))
                            .ifPresent(server -> servers.put(kind, server));
                }
            }
            for (Work work : works) {
                Map<ServerKind, ServerProcess> suited = new EnumMap<>(servers);
                suited.keySet().removeIf(kind -> !work.suits(kind));
                runWork(work, suited, generator);
            }
            if (role == ServerRole.HTTP) {
                runExtra(Extra.STORM, () -> storm(servers, generator));
            }
        } finally {
            servers.values().forEach(ServerProcess::close);
        }
    }

    private void runWork(Work work, Map<ServerKind, ServerProcess> servers, LoadGenerator generator)
            throws IOException, InterruptedException {
        GeneratorLoad own = new GeneratorLoad(generator, plan.connections());
        Load load = work.role() == ServerRole.HTTPS ? own : wrk(plan.connections());
        result.measurements.addAll(new SideBySide(servers, load, procFs, progress).run(work, plan.schedule()));
        if (WITH_LATENCY.contains(work)) {
            runExtra(
                    Extra.LATENCY,
                    () -> result.latencies.addAll(new LatencyProbe(own, progress).run(servers, work, plan.schedule())));
        }
        runExtra(Extra.PROFILE, () -> {
            for (Map.Entry<ServerKind, ServerProcess> each : servers.entrySet()) {
                inspect(work, each.getKey(), each.getValue(), load);
            }
        });
    }

    private void inspect(Work work, ServerKind kind, ServerProcess server, Load load)
            throws IOException, InterruptedException {
        progress.accept(work + ": profile: " + kind);
        Path log = kind.isJvm() ? collectionLog(kind, work.role()) : null;
        int seconds = plan.schedule().roundSeconds();
        result.inspections.add(new BenchResult.Inspection(
                work, kind, inspector.inspect(server, log, () -> load.run(server.address(), work, seconds)
                        .requests())));
    }

    private void storm(Map<ServerKind, ServerProcess> servers, LoadGenerator generator)
            throws IOException, InterruptedException {
        OpenFileLimit.raiseTo(plan.stormConnections() + OTHER_FILES_MAX);
        GeneratorLoad load = new GeneratorLoad(generator, plan.stormConnections());
        Map<ServerKind, List<Storm>> storms = new EnumMap<>(ServerKind.class);
        List<Map.Entry<ServerKind, ServerProcess>> order = List.copyOf(servers.entrySet());
        // The load, too, meets its first storm cold: that round does not count.
        for (int round = 0; round <= STORM_ROUNDS; round++) {
            for (Map.Entry<ServerKind, ServerProcess> each : SideBySide.rotated(order, round)) {
                ServerKind kind = each.getKey();
                Storm storm = Storm.on(kind, each.getValue(), load, plan.stormConnections());
                if (round > 0) {
                    storms.computeIfAbsent(kind, first -> new ArrayList<>()).add(storm);
                }
                progress.accept(String.format(
                        "storm: %s: %d of %d answered within %.2f s, %d connects took 0.9 s or longer%s",
                        kind,
                        storm.answered(),
                        storm.connections(),
                        storm.seconds(),
                        storm.slowConnects(),
                        round > 0 ? "" : " (does not count)"));
            }
        }
        storms.values().forEach(rounds -> result.storms.add(Storm.median(rounds)));
    }

    private void sweep() throws IOException, InterruptedException {
        for (ServerKind kind : plan.servers()) {
            if (!SWEPT.contains(kind)) {
                continue;
            }
            for (int loops : sweptLoops(plan.loops())) {
                var started = start(kind, ServerRole.HTTP, loops, List.of());
                if (started.isEmpty()) {
                    break;
                }
                try (ServerProcess server = started.get()) {
                    sweep(kind, server, loops);
                }
            }
        }
    }

    /** Powers of two below a number, and the number. */
    static int[] sweptLoops(int loopsMax) {
        IntStream below = IntStream.iterate(1, loops -> loops < loopsMax, loops -> 2 * loops);
        return IntStream.concat(below, IntStream.of(loopsMax)).toArray();
    }

    /** Those that go round the CPUs of the load. */
    private int[] sweptConnections() {
        return Arrays.stream(SWEPT_CONNECTIONS)
                .filter(connections -> connections >= WrkLoad.connectionsMin(plan.loadCpus()))
                .toArray();
    }

    private void sweep(ServerKind kind, ServerProcess server, int loops) throws IOException, InterruptedException {
        Map<ServerKind, ServerProcess> one = Map.of(kind, server);
        Schedule once =
                new Schedule(plan.schedule().warmupSeconds(), 1, plan.schedule().roundSeconds());
        for (Work work : List.of(Work.NEW, Work.KEEPALIVE)) {
            for (int connections : loops == plan.loops() ? sweptConnections() : new int[] {plan.connections()}) {
                Measurement measured = new SideBySide(one, wrk(connections), procFs, progress)
                        .run(work, once)
                        .get(0);
                result.sweep.add(new SweepPoint(
                        work,
                        kind,
                        connections,
                        loops,
                        measured.load().requestsPerSecond(),
                        measured.cpuMicrosPerRequest()));
            }
        }
    }

    private void idle() throws IOException, InterruptedException {
        int connections = Math.min(
                plan.idleConnections(),
                OpenFileLimit.raiseTo(plan.idleConnections() + OTHER_FILES_MAX) - OTHER_FILES_MAX);
        if (connections < plan.idleConnections()) {
            progress.accept("idle: " + connections + " connections, as many as the limit of open files allows");
        }
        for (ServerKind kind : plan.servers()) {
            var started = start(kind, ServerRole.HTTP, plan.loops(), IdleMemory.jvmOptions());
            if (started.isPresent()) {
                try (ServerProcess server = started.get()) {
                    IdleMemory memory =
                            IdleMemory.of(kind, server, HttpServerSettings.DEFAULT.text(), connections, procFs);
                    progress.accept(String.format(
                            "idle: %s: %.0f bytes for each of %d connections",
                            kind, memory.bytesPerConnection(), connections));
                    result.idle.add(memory);
                }
            }
        }
    }

    /** Empty if it is not installed and need not be. */
    private Optional<ServerProcess> start(ServerKind kind, ServerRole role, int loops, List<String> jvmOptions)
            throws IOException, InterruptedException {
        try {
            ServerSetup setup =
                    new ServerSetup(role, plan.host(), loops, origin(role), jvmOptions, children.directory());
            ServerCommand command = ServerCommand.of(kind, setup);
            ServerProcess server = ServerProcess.start(kind.label(), command, children, START_PATIENCE);
            result.about.putIfAbsent(kind, server.about());
            return Optional.of(server);
        } catch (MissingServerException e) {
            if (plan.required()) {
                throw e;
            }
            if (missing.add(kind)) {
                progress.accept("without " + kind + ": " + e.getMessage());
            }
            return Optional.empty();
        }
    }

    /** What proxies pass requests on to: nginx, started once. */
    private Optional<InetSocketAddress> origin(ServerRole role) throws IOException, InterruptedException {
        if (!role.isProxy()) {
            return Optional.empty();
        }
        if (origin == null) {
            Path directory = Files.createDirectory(children.directory().resolve("origin"));
            ServerSetup setup =
                    new ServerSetup(ServerRole.HTTP, plan.host(), plan.loops(), Optional.empty(), List.of(), directory);
            origin = ServerProcess.start("origin", ServerCommand.of(ServerKind.NGINX, setup), children, START_PATIENCE);
        }
        return Optional.of(origin.address());
    }

    private WrkLoad wrk(int connections) {
        return new WrkLoad(connections, plan.loadCpus(), children);
    }

    private Path collectionLog(ServerKind kind, ServerRole role) throws IOException {
        return children.directory().resolve(kind.label() + "-" + role + "-gc.log");
    }
}
