package io.fastsocket.perf.cli;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.perf.load.LoadBounds;
import io.fastsocket.perf.load.LoadGenerator;
import io.fastsocket.perf.load.LoadPlan;
import io.fastsocket.perf.load.LoadReport;
import io.fastsocket.perf.load.LoadReportText;
import io.fastsocket.perf.load.LoadWork;
import io.fastsocket.perf.load.Target;
import io.fastsocket.transport.engine.Engine;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fastsocket bench load}: the load generator by itself. */
@Command(
        name = "load",
        description = {
            "Loads any HTTP/1.1 server and says how it answered.",
            "With --rate the load is an open loop: requests are due by a fixed schedule, and latency counts from then, so that"
                    + " a stall is seen in every request it held up. Without it, each connection asks again once it is"
                    + " answered.",
            "Each CPU has a loop pinned to it. A loop that is saturated or behind its schedule is a WARN in the result."
        },
        footer = {
            "",
            "Exit codes: 0 done, errors or not; 1 nothing was answered; 2 wrong usage.",
            "",
            "JSON: {environment, options, seconds, requestsPerSecond, begun, written, answered, bytes, latencyMicros,",
            "  latencyFromBeginMicros, errors, firstFailures, connects, slowConnects,",
            "  schedule: {late, lateForConnection, ownLateMicrosMax, missed}, warmUp,",
            "  loops: [{loop, cpu, busyShare, answered}], warnings}",
            "",
            "Examples:",
            "  fastsocket bench load http://127.0.0.1:8080/",
            "  fastsocket bench load --rate 20000 --cpus 2,3 --seconds 10 --json http://10.0.0.2:8080/",
            "  fastsocket bench load --new-connections http://10.0.0.2:8080/ http://10.0.0.3:8080/"
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the command and the mixins
public final class LoadCommand implements Callable<Integer> {
    @Parameters(
            arity = "1..*",
            paramLabel = "URL",
            description =
                    "What to ask for; connections take several in turn. https is TLS, any certificate is trusted.")
    private List<String> urls = List.of();

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Requests per second in all, at a fixed schedule. Default: as fast as they are answered.")
    private @Nullable Double rate;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections in all, with --rate at most. Default: ${DEFAULT-VALUE}.")
    private int connections = 64;

    @Option(
            names = "--new-connections",
            description = "A new connection for each request, which says `Connection: close`. Default: keep-alive.")
    private boolean newConnections;

    @Option(
            names = "--pipeline",
            paramLabel = "N",
            description = "Requests under way on a connection at a time. Default: ${DEFAULT-VALUE}.")
    private int pipelineDepth = 1;

    @Option(names = "--header", paramLabel = "FIELD", description = "A header field more, as \"Name: value\".")
    private List<String> fields = List.of();

    @Option(
            names = "--tls-resumption",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Resume TLS sessions (the default), or do the whole handshake each time.")
    private boolean tlsResumption;

    @Option(
            names = "--warmup",
            paramLabel = "SECONDS",
            description = "Load before the measured time, reported apart. Default: ${DEFAULT-VALUE}.")
    private int warmUpSeconds = 3;

    @Option(names = "--seconds", paramLabel = "SECONDS", description = "Measured time. Default: ${DEFAULT-VALUE}.")
    private int seconds = 10;

    @Option(
            names = "--requests",
            paramLabel = "N",
            description = "Ends the measured time after this many requests. Default: 0, no limit.")
    private long requests;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Time for a request, connecting included. Default: ${DEFAULT-VALUE}.")
    private int timeoutSeconds = (int) LoadBounds.TIMEOUT_DEFAULT.toSeconds();

    @Option(names = "--cpus", paramLabel = "LIST", description = "CPUs, such as 0,2-3. Default: all it may use.")
    private @Nullable String cpus;

    @Option(
            names = "--engine",
            paramLabel = "NAME",
            description = "auto, io_uring, epoll or nio, whose timers are no finer than 1 ms. Default: auto.")
    private Engine engine = Engine.AUTO;

    @Mixin
    private ReportOptions report;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    /** A command with every option at its default. */
    public LoadCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        CpuSet loadCpus;
        LoadPlan plan;
        LoadReport result;
        Engine started;
        try {
            loadCpus = cpus == null ? CpuTopology.read().allowed() : CpuSet.parseList(cpus);
            plan = plan();
            try (LoadGenerator generator = new LoadGenerator(loadCpus, engine)) {
                started = generator.engine();
                result = generator.run(plan);
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        } catch (IllegalStateException e) {
            throw new CommandFailed(CommandFailed.FAILED, String.valueOf(e.getMessage()), e);
        }
        report.write(LoadReportText.text(result), options(plan, loadCpus, started), LoadReportText.figures(result));
        return result.answered() > 0 ? 0 : 1;
    }

    private LoadPlan plan() {
        if (rate != null && !(rate > 0)) {
            throw new IllegalArgumentException("cannot run: --rate=" + rate + " (expected more than 0)");
        }
        LoadWork work = new LoadWork(
                urls.stream().map(Target::of).toList(), newConnections, pipelineDepth, fields, tlsResumption);
        LoadBounds bounds = new LoadBounds(
                Duration.ofSeconds(warmUpSeconds),
                Duration.ofSeconds(seconds),
                requests,
                Duration.ofSeconds(timeoutSeconds));
        return new LoadPlan(work, rate == null ? LoadPlan.CLOSED_LOOP : rate, connections, bounds);
    }

    private Map<String, Object> options(LoadPlan plan, CpuSet loadCpus, Engine started) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("urls", urls);
        options.put("rate", plan.isOpenLoop() ? plan.requestsPerSecond() : null);
        options.put("connections", connections);
        options.put("newConnections", newConnections);
        options.put("pipelineDepth", pipelineDepth);
        options.put("fields", fields);
        options.put("tlsResumption", tlsResumption);
        options.put("warmUpSeconds", warmUpSeconds);
        options.put("seconds", seconds);
        options.put("requests", requests);
        options.put("timeoutSeconds", timeoutSeconds);
        options.put("cpus", loadCpus.toString());
        options.put("engine", started);
        return options;
    }
}
