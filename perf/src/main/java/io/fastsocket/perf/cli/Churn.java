package io.fastsocket.perf.cli;

import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.perf.churn.ChurnLoad;
import io.fastsocket.perf.churn.ChurnRun;
import io.fastsocket.perf.churn.FootprintProbe;
import io.fastsocket.perf.server.ChildProcesses;
import io.fastsocket.perf.server.ProcFs;
import io.fastsocket.perf.server.ServerCommand;
import io.fastsocket.perf.server.ServerHost;
import io.fastsocket.perf.server.ServerKind;
import io.fastsocket.perf.server.ServerProcess;
import io.fastsocket.perf.server.ServerRole;
import io.fastsocket.perf.server.ServerSetup;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fastsocket bench churn}: many short connections, and whether they leave anything behind in the server. */
@Command(
        name = "churn",
        description = {
            "Makes many short connections to one server and watches what it keeps of them.",
            "The server runs in a JVM of its own: fastsocket-io_uring is `fastsocket http --engine io_uring`, and so on.",
            "Open files, heap after garbage collection and direct memory are taken at rest after 5, 10, 20, ... 100 %% of the"
                    + " connections."
        },
        footer = {
            "",
            "Exit codes: 0 none failed and nothing grew, 1 otherwise, 2 wrong usage.",
            "",
            "JSON: {environment, options, passed, succeeded, failed, failures, violations, loadSeconds,",
            "  connectionsPerSecond, footprints: [{connections, openFiles, residentBytes, heapBytes, directBytes}]}",
            "",
            "Examples:",
            "  fastsocket bench churn",
            "  fastsocket bench churn --server stock-epoll --connections 100000"
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the command and the mixins
public final class Churn implements Callable<Integer> {
    private static final Duration START_PATIENCE = Duration.ofSeconds(30);

    @Option(names = "--connections", paramLabel = "N", description = "Connections in all. Default: ${DEFAULT-VALUE}.")
    private long connections = 1_000_000;

    @Option(
            names = "--server",
            paramLabel = "NAME",
            converter = ServerKindConverter.class,
            completionCandidates = ServerKindConverter.class,
            description = "The server: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private ServerKind server = ServerKind.FASTSOCKET_IO_URING;

    @Option(names = "--loops", paramLabel = "N", description = "Event loops of the server. Default: one per CPU.")
    private int loops;

    @Option(
            names = "--clients",
            paramLabel = "N",
            description = "Client threads pinned to each CPU. Default: ${DEFAULT-VALUE}.")
    private int clientsPerCpu = 16;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Time for all connections; those not made by then have failed. Default: ${DEFAULT-VALUE}.")
    private int timeoutSeconds = 600;

    @Mixin
    private ReportOptions report;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    /** A command with every option at its default. */
    public Churn() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (connections < ChurnRun.CONNECTIONS_MIN || clientsPerCpu < 1 || timeoutSeconds < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "cannot run: --connections=" + connections + ", --clients=" + clientsPerCpu + ", --timeout="
                            + timeoutSeconds + " (expected at least " + ChurnRun.CONNECTIONS_MIN + ", 1 and 1)");
        }
        if (!server.isJvm()) {
            throw new ParameterException(
                    spec.commandLine(), "cannot watch heap: --server=" + server + " (expected a server in a JVM)");
        }
        int loopsOfServer = LoopCount.effective(loops, spec);
        ChurnRun.Result result = run(loopsOfServer);
        report.write(ChurnReport.text(result), options(loopsOfServer), ChurnReport.figures(result));
        return result.passed() ? 0 : 1;
    }

    private ChurnRun.Result run(int loopsOfServer) throws IOException, InterruptedException {
        PrintWriter progress = spec.commandLine().getErr();
        try (ChildProcesses children = new ChildProcesses();
                ServerProcess process = ServerProcess.start(
                        server.label(),
                        ServerCommand.of(
                                server,
                                new ServerSetup(
                                        ServerRole.HTTP,
                                        ServerHost.LOOPBACK,
                                        loopsOfServer,
                                        Optional.empty(),
                                        List.of(FootprintProbe.JVM_OPTION),
                                        children.directory())),
                        children,
                        START_PATIENCE);
                ChurnLoad load =
                        new ChurnLoad(process.address(), CpuTopology.read().allowed(), clientsPerCpu)) {
            FootprintProbe probe = new FootprintProbe(ProcFs.ofThisMachine(), process.pid());
            ChurnRun run = new ChurnRun(load, probe, line -> progress.println("churn: " + line));
            ChurnRun.Result result = run.run(connections, Duration.ofSeconds(timeoutSeconds));
            if (load.unpinnedClients() > 0) {
                progress.println("churn: client threads that could not be pinned: " + load.unpinnedClients());
            }
            return result;
        }
    }

    private Map<String, Object> options(int loopsOfServer) {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("connections", connections);
        options.put("server", server);
        options.put("loops", loopsOfServer);
        options.put("clientsPerCpu", clientsPerCpu);
        options.put("timeoutSeconds", timeoutSeconds);
        options.put("jvmOptions", ServerCommand.jvmOptions());
        return options;
    }
}
