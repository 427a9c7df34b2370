package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.examples.demo.Demo;
import io.fastsocket.examples.demo.DemoResult;
import io.fastsocket.examples.metrics.MetricsServer;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fastsocket demo}. */
@Command(
        name = "demo",
        description = {
            "Loads the reverse proxy on loopback, in front of an HTTP server; shows which loop got which connections, and"
                    + " compares with the same proxy on stock Netty.",
            "Needs no privilege and no network. Warms up, then loads both proxies in turns, two rounds."
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 a request failed or the demo cannot run, 2 wrong usage.",
            "",
            "JSON: {engine, steering, loops: [{loop, cpu (null: unpinned), accepted, local, remote, localPercent (null:",
            "  unknown), connected, connectedLocal}], stock, comparisons: [{mode, fastsocket: S, stock: S, requestsRatio, cpuRatio}], failed}",
            "  with S = {requests, failed, seconds, requestsPerSecond, cpuMicrosPerRequest} and mode one of",
            "  connection-per-request, keep-alive. CPU is that of the proxies' process; the clients and the",
            "  server behind them are another.",
            "",
            "Examples:",
            "  fastsocket demo",
            "  fastsocket demo --duration 30 --engine epoll --json",
            "  fastsocket demo --duration 300 --metrics-port 9464   (and look at http://127.0.0.1:9464/)"
        })
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class DemoCommand implements Callable<Integer> {
    /** Set by the launcher: the JDK cannot tell whether standard error is a terminal. */
    private static final String TERMINAL_PROPERTY = "fastsocket.terminal";

    @Spec
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Mixin
    private GroupOptions groupOptions;

    @Mixin
    private MetricsOptions metricsOptions;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Seconds of load in all, 2 to 3600; default 10.")
    private int durationSeconds;

    @Option(names = "--json", description = "Prints the result as one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        if (durationSeconds < 2 || durationSeconds > 3600) {
            throw new ParameterException(spec.commandLine(), "--duration " + durationSeconds + ": give 2 to 3600");
        }
        FastSocketEventLoopGroup group = groupOptions.open("demo");
        Optional<MetricsServer> metrics = Optional.empty();
        try {
            metrics = metricsOptions.open(group);
            metrics.ifPresent(shown -> shown.ready(true));
            return report(measure(group));
        } catch (IOException e) {
            throw new CommandFailed(CommandFailed.FAILED, "cannot run: " + e.getMessage(), e);
        } finally {
            metrics.ifPresent(MetricsServer::close);
            GroupOptions.close(group);
        }
    }

    private DemoResult measure(FastSocketEventLoopGroup group) throws IOException {
        try (ProgressLine progress =
                new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean(TERMINAL_PROPERTY))) {
            return new Demo(Duration.ofSeconds(durationSeconds), progress::show).run(group);
        }
    }

    private int report(DemoResult result) {
        DemoReport report = new DemoReport(result);
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? report.json() : report.text());
        if (result.failed() == 0) {
            return 0;
        }
        throw new CommandFailed(
                CommandFailed.FAILED, result.failed() + " requests failed; the first one: " + result.failure());
    }
}
