package io.fastsocket.perf.cli;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.affinity.cli.OneLineErrors;
import io.fastsocket.perf.compare.BenchPlan;
import io.fastsocket.perf.compare.BenchResult;
import io.fastsocket.perf.compare.BenchRun;
import io.fastsocket.perf.compare.Extra;
import io.fastsocket.perf.compare.Schedule;
import io.fastsocket.perf.compare.ServerSummary;
import io.fastsocket.perf.compare.Work;
import io.fastsocket.perf.server.ChildProcesses;
import io.fastsocket.perf.server.ServerCommand;
import io.fastsocket.perf.server.ServerHost;
import io.fastsocket.perf.server.ServerKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fastsocket bench}: this project's servers and those its users would otherwise pick, side by side under load. */
@Command(
        name = "fastsocket bench",
        description = {
            "Compares servers side by side on the same work in the same run.",
            "Each server runs in a process of its own and answers with the same text; those on Netty alone, with the same"
                    + " handler. After a warm-up they take turns in rounds; one at a time is under load, by wrk, or where wrk"
                    + " cannot (TLS, latency) by `fastsocket bench load`. Reported are requests per second and CPU time of the"
                    + " server per request: medians, ranges, and ratios against stock Netty on the same engine.",
            "Then it looks at latency, at where the time goes (with perf), at storms of connections and at idle ones."
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage.",
            "",
            "With --output FILE.json, FILE.html is the same as a page with plots.",
            "",
            "JSON: {environment, options, notes, summary: [one per server and work], aims, sweep, storms, idle,",
            "  rounds: [one per measurement]}",
            "",
            "Examples:",
            "  fastsocket bench --quick",
            "  fastsocket bench --servers fastsocket-epoll,stock-epoll --work new --rates-only --output report.json"
        },
        sortOptions = false,
        subcommands = {
            Churn.class,
            Hostile.class,
            HtmlCommand.class,
            LoadCommand.class,
            Meters.class,
            Micro.class,
            Scale.class
        })
@SuppressWarnings("NullAway.Init") // picocli sets the command and the mixins
public final class Bench implements Callable<Integer> {
    private static final Schedule FULL = new Schedule(30, 5, 4);

    /** The warm-up is shorter than the JIT compilers need. */
    private static final Schedule QUICK = new Schedule(4, 3, 2);

    private static final List<ServerKind> QUICK_SERVERS = List.of(
            ServerKind.FASTSOCKET_IO_URING,
            ServerKind.FASTSOCKET_EPOLL,
            ServerKind.STOCK_IO_URING,
            ServerKind.STOCK_EPOLL,
            ServerKind.NGINX,
            ServerKind.HAPROXY,
            ServerKind.FLOOR_IO_URING);

    private static final List<Work> QUICK_WORKS = List.of(Work.NEW, Work.KEEPALIVE, Work.PROXY_NEW);

    @Option(
            names = "--servers",
            split = ",",
            paramLabel = "NAME",
            converter = ServerKindConverter.class,
            completionCandidates = ServerKindConverter.class,
            description = "Servers to compare, comma-separated: ${COMPLETION-CANDIDATES}. Default: all that are"
                    + " installed; with --quick: a few of them.")
    private @Nullable List<ServerKind> servers;

    @Option(
            names = "--work",
            split = ",",
            paramLabel = "KIND",
            converter = WorkConverter.class,
            completionCandidates = WorkConverter.class,
            description = "Work, comma-separated: ${COMPLETION-CANDIDATES}. Default: all; with --quick: new, keepalive,"
                    + " proxy-new.")
    private @Nullable List<Work> works;

    @Option(
            names = "--also",
            split = ",",
            paramLabel = "KIND",
            converter = ExtraConverter.class,
            completionCandidates = ExtraConverter.class,
            description = "What to look at beside rates, comma-separated: ${COMPLETION-CANDIDATES}."
                    + " Default: all; with --quick: nothing.")
    private @Nullable List<Extra> extras;

    @Option(names = "--rates-only", description = "Look at nothing beside rates.")
    private boolean ratesOnly;

    @Option(
            names = "--warmup",
            paramLabel = "SECONDS",
            description =
                    "Load on each server before the rounds, at most: it ends when the rate has settled. Default: 30.")
    private @Nullable Integer warmupSeconds;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds of each kind of work. Default: 5.")
    private @Nullable Integer rounds;

    @Option(names = "--seconds", paramLabel = "SECONDS", description = "Load on each server in a round. Default: 5.")
    private @Nullable Integer roundSeconds;

    @Option(
            names = "--quick",
            description =
                    "Under 5 minutes: fewer servers and kinds of work, warm-up 4 s, 3 rounds of 2 s, where not given. For"
                            + " a first look, not for figures to publish.")
    private boolean quick;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections kept busy. Default: ${DEFAULT-VALUE}.")
    private int connections = 64;

    @Option(names = "--loops", paramLabel = "N", description = "Event loops of each server. Default: one per CPU.")
    private int loops;

    @Option(
            names = "--storm",
            paramLabel = "N",
            description = "Connections that come at once in a storm. Default: ${DEFAULT-VALUE}.")
    private int stormConnections = 5000;

    @Option(
            names = "--idle",
            paramLabel = "N",
            description = "Idle connections, as far as the limit of open files allows, which root raises. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int idleConnections = 100_000;

    @Option(
            names = "--pin-load",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "One single-threaded wrk pinned to each CPU (the default), or one wrk of two threads that the"
                    + " scheduler places.")
    private boolean pinLoad;

    @Option(
            names = "--server-address",
            paramLabel = "ADDRESS",
            description = "Where servers listen, an IPv4 address. Default: ${DEFAULT-VALUE}.")
    private String serverAddress = ServerHost.LOOPBACK.address();

    @Option(
            names = "--server-namespace",
            paramLabel = "NAME",
            description =
                    "The network namespace that servers run in, by its name for `ip netns`; needs root. Default: this one.")
    private @Nullable String serverNamespace;

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
        BenchPlan plan = plan();
        BenchResult result;
        PrintWriter progress = spec.commandLine().getErr();
        requirePrograms();
        try (ChildProcesses children = new ChildProcesses()) {
            result = new BenchRun(plan, children, line -> progress.println("bench: " + line)).run();
        }
        List<ServerSummary> summaries = ServerSummary.of(result.measurements);
        report.write(BenchReport.table(summaries), options(plan, result), BenchReport.figures(result, summaries));
        report.output().ifPresent(json -> HtmlCommand.write(json, HtmlCommand.beside(json)));
        return 0;
    }

    private BenchPlan plan() {
        List<Extra> extraDefaults = quick || ratesOnly ? List.of() : List.of(Extra.values());
        try {
            return new BenchPlan(
                    distinct(servers, quick ? QUICK_SERVERS : List.of(ServerKind.values())),
                    servers != null,
                    distinct(works, quick ? QUICK_WORKS : List.of(Work.values())),
                    distinct(extras, extraDefaults),
                    new ServerHost(serverAddress, Optional.ofNullable(serverNamespace)),
                    schedule(),
                    connections,
                    LoopCount.effective(loops, spec),
                    pinLoad ? CpuTopology.read().allowed() : CpuSet.empty(),
                    stormConnections,
                    idleConnections);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static <T> List<T> distinct(@Nullable List<T> given, List<T> defaults) {
        return (given == null ? defaults : given).stream().distinct().sorted().toList();
    }

    private Schedule schedule() {
        Schedule defaults = quick ? QUICK : FULL;
        return new Schedule(
                warmupSeconds == null ? defaults.warmupSeconds() : warmupSeconds,
                rounds == null ? defaults.rounds() : rounds,
                roundSeconds == null ? defaults.roundSeconds() : roundSeconds);
    }

    private void requirePrograms() {
        String searchPath = System.getenv().getOrDefault("PATH", "");
        Program.WRK.require(searchPath);
        if (pinLoad) {
            Program.TASKSET.require(searchPath);
        }
    }

    private Map<String, Object> options(BenchPlan plan, BenchResult result) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put(
                "commandLine",
                "fastsocket bench "
                        + String.join(" ", spec.commandLine().getParseResult().originalArgs()));
        options.put("servers", result.about.keySet());
        options.put("about", result.about);
        options.put("work", plan.works());
        options.put("also", plan.extras());
        options.put("warmupSeconds", plan.schedule().warmupSeconds());
        options.put("rounds", plan.schedule().rounds());
        options.put("roundSeconds", plan.schedule().roundSeconds());
        options.put("quick", quick);
        options.put("connections", plan.connections());
        options.put("loops", plan.loops());
        options.put("pinLoad", pinLoad);
        options.put("serverAddress", serverAddress);
        options.put("serverNamespace", serverNamespace);
        options.put("storm", plan.stormConnections());
        options.put("idle", plan.idleConnections());
        options.put("jvmOptions", ServerCommand.jvmOptions());
        return options;
    }
}
