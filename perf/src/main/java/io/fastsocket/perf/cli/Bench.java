package io.fastsocket.perf.cli;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.affinity.cli.OneLineErrors;
import io.fastsocket.perf.compare.Measurement;
import io.fastsocket.perf.compare.Schedule;
import io.fastsocket.perf.compare.ServerSummary;
import io.fastsocket.perf.compare.SideBySide;
import io.fastsocket.perf.compare.Work;
import io.fastsocket.perf.compare.WrkLoad;
import io.fastsocket.perf.server.ChildProcesses;
import io.fastsocket.perf.server.MissingServerException;
import io.fastsocket.perf.server.ProcFs;
import io.fastsocket.perf.server.ServerCommand;
import io.fastsocket.perf.server.ServerKind;
import io.fastsocket.perf.server.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fastsocket bench}: this project's servers and stock Netty's side by side under {@code wrk}. */
@Command(
        name = "fastsocket bench",
        description = {
            "Compares servers side by side under wrk, on the same work in the same run.",
            "Each server runs in a process of its own and answers with the same text; those on Netty alone, with the same"
                    + " handler. After a warm-up they take turns in rounds; one at a time is under load. Reported are"
                    + " requests per second and CPU time of the server per request: medians, ranges, and ratios against"
                    + " stock Netty on the same engine."
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage.",
            "",
            "JSON: {environment, options, notes, summary: [one per server and work], rounds: [one per measurement]}",
            "",
            "Examples:",
            "  fastsocket bench --quick",
            "  fastsocket bench --servers fastsocket-epoll,stock-epoll --work new --output report.json"
        },
        sortOptions = false,
        subcommands = {Churn.class, LoadCommand.class, Meters.class, Micro.class, Scale.class})
@SuppressWarnings("NullAway.Init") // picocli sets the command and the mixins
public final class Bench implements Callable<Integer> {
    private static final Schedule FULL = new Schedule(12, 5, 5);

    /** A server takes 12 s for each kind of work. The warm-up is shorter than the JIT compilers need. */
    private static final Schedule QUICK = new Schedule(6, 3, 2);

    private static final Duration START_PATIENCE = Duration.ofSeconds(30);

    @Option(
            names = "--servers",
            split = ",",
            paramLabel = "NAME",
            converter = ServerKindConverter.class,
            completionCandidates = ServerKindConverter.class,
            description = "Servers to compare, comma-separated: ${COMPLETION-CANDIDATES}. Default: all that are"
                    + " installed.")
    private @Nullable List<ServerKind> servers;

    @Option(
            names = "--work",
            split = ",",
            paramLabel = "KIND",
            description = "Work, comma-separated: new (a connection per request), keepalive. Default: both.")
    private List<Work> works = List.of(Work.values());

    @Option(
            names = "--warmup",
            paramLabel = "SECONDS",
            description = "Load on each server before the rounds. Default: 12.")
    private @Nullable Integer warmupSeconds;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds of each kind of work. Default: 5.")
    private @Nullable Integer rounds;

    @Option(names = "--seconds", paramLabel = "SECONDS", description = "Load on each server in a round. Default: 5.")
    private @Nullable Integer roundSeconds;

    @Option(
            names = "--quick",
            description =
                    "About 25 s for each server: warm-up 6 s, 3 rounds of 2 s, where not given. For a first look, not"
                            + " for figures to publish.")
    private boolean quick;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections kept busy. Default: ${DEFAULT-VALUE}.")
    private int connections = 64;

    @Option(names = "--loops", paramLabel = "N", description = "Event loops of each server. Default: one per CPU.")
    private int loops;

    @Option(
            names = "--pin-load",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "One single-threaded wrk pinned to each CPU (the default), or one wrk of two threads that the"
                    + " scheduler places.")
    private boolean pinLoad;

    @Mixin
    private ReportOptions report;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    /** A command with every option at its default. */
    public Bench() {}

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(OneLineErrors.on(new CommandLine(new Bench())).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Schedule schedule = schedule();
        int loopsOfEach = LoopCount.effective(loops, spec);
        List<Measurement> measurements;
        Map<String, String> about = new LinkedHashMap<>();
        try (ChildProcesses children = new ChildProcesses()) {
            WrkLoad load = load(children);
            requirePrograms();
            Map<ServerKind, ServerProcess> started = startServers(loopsOfEach, children);
            started.forEach((kind, server) -> about.put(kind.label(), server.about()));
            measurements = measure(load, started, schedule);
        }
        List<ServerSummary> summaries = ServerSummary.of(measurements);
        report.write(
                BenchReport.table(summaries),
                options(schedule, loopsOfEach, about),
                BenchReport.figures(measurements, summaries));
        return 0;
    }

    private Schedule schedule() {
        Schedule defaults = quick ? QUICK : FULL;
        try {
            return new Schedule(
                    warmupSeconds == null ? defaults.warmupSeconds() : warmupSeconds,
                    rounds == null ? defaults.rounds() : rounds,
                    roundSeconds == null ? defaults.roundSeconds() : roundSeconds);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private void requirePrograms() {
        String searchPath = System.getenv().getOrDefault("PATH", "");
        Program.WRK.require(searchPath);
        if (pinLoad) {
            Program.TASKSET.require(searchPath);
        }
    }

    private Map<ServerKind, ServerProcess> startServers(int loopsOfEach, ChildProcesses children)
            throws IOException, InterruptedException {
        Map<ServerKind, ServerProcess> started = new EnumMap<>(ServerKind.class);
        for (ServerKind kind : servers == null ? List.of(ServerKind.values()) : Set.copyOf(servers)) {
            try {
                ServerCommand command = ServerCommand.of(kind, loopsOfEach, List.of(), children.directory());
                started.put(kind, ServerProcess.start(kind.label(), command, children, START_PATIENCE));
            } catch (MissingServerException e) {
                if (servers != null) {
                    throw e;
                }
                spec.commandLine().getErr().println("bench: without " + kind + ": " + e.getMessage());
            }
        }
        return started;
    }

    private List<Measurement> measure(WrkLoad load, Map<ServerKind, ServerProcess> started, Schedule schedule)
            throws IOException, InterruptedException {
        PrintWriter progress = spec.commandLine().getErr();
        Set<Work> kindsOfWork = new LinkedHashSet<>(works);
        progress.printf(
                "bench: %d servers, about %d s%n",
                started.size(), schedule.totalSeconds(started.size(), kindsOfWork.size()));
        SideBySide comparison =
                new SideBySide(started, load, ProcFs.ofThisMachine(), line -> progress.println("bench: " + line));
        List<Measurement> measurements = new ArrayList<>();
        for (Work work : kindsOfWork) {
            measurements.addAll(comparison.run(work, schedule));
        }
        return measurements;
    }

    private WrkLoad load(ChildProcesses children) {
        try {
            return new WrkLoad(connections, pinLoad ? CpuTopology.read().allowed() : CpuSet.empty(), children);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Map<String, Object> options(Schedule schedule, int loopsOfEach, Map<String, String> about) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("servers", about.keySet());
        options.put("about", about);
        options.put("work", works);
        options.put("warmupSeconds", schedule.warmupSeconds());
        options.put("rounds", schedule.rounds());
        options.put("roundSeconds", schedule.roundSeconds());
        options.put("quick", quick);
        options.put("connections", connections);
        options.put("loops", loopsOfEach);
        options.put("pinLoad", pinLoad);
        options.put("jvmOptions", ServerCommand.jvmOptions());
        return options;
    }
}
