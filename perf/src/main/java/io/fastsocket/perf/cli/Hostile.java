package io.fastsocket.perf.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.perf.hostile.HostileResult;
import io.fastsocket.perf.hostile.HostileRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fastsocket bench hostile}: peers that send what no server expects, and what that leaves behind. */
@Command(
        name = "hostile",
        description = {
            "Sends hostile traffic to every role of every server: http, its TLS and its metrics port, echo, proxy and tcpproxy with"
                    + " hostile clients and with a hostile upstream, TLS and the PROXY protocol in front of them.",
            "No server may write a line about it, keep a descriptor or heap of it, or leave a client that behaves without an"
                    + " answer, and each ends in order at SIGTERM. Servers listen on loopback, as the launcher starts them."
        },
        footer = {
            "",
            "Exit codes: 0 nothing was wrong, 1 something was, 2 wrong usage.",
            "",
            "JSON: {environment, options, passed, servers: [{engine, server, seed, connections, bytes, probes, probesFailed,",
            "  logLines, logWarnings, filesBefore, filesAfter, heapBytesBefore, heapBytesAfter, exitCode, violations}]}",
            "",
            "Examples:",
            "  fastsocket bench hostile --engine epoll",
            "  fastsocket bench hostile --seconds 60 --seed 42 --output hostile.json"
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the command and the mixins
public final class Hostile implements Callable<Integer> {
    private static final List<String> ENGINES = List.of("io_uring", "epoll", "nio");

    @Option(
            names = "--engine",
            split = ",",
            paramLabel = "NAME",
            description = "io_uring, epoll or nio; several, comma-separated: one after the other. Default: all.")
    private List<String> engines = ENGINES;

    @Option(names = "--seconds", paramLabel = "SECONDS", description = "On each engine. Default: ${DEFAULT-VALUE}.")
    private int seconds = 15;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Decides what is sent, but for the keys in sessions of TLS. Default: drawn, and printed.")
    private @Nullable Long seed;

    @Option(
            names = "--clients",
            paramLabel = "N",
            description =
                    "Hostile clients of each target at a time; with more than 1, two CPUs have too much to do to answer"
                            + " others in time. Default: ${DEFAULT-VALUE}.")
    private int clients = 1;

    @Mixin
    private ReportOptions report;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    /** A command with every option at its default. */
    public Hostile() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seconds < 1 || clients < 1 || !ENGINES.containsAll(engines)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "cannot run: --seconds=" + seconds + ", --clients=" + clients + ", --engine=" + engines
                            + " (expected at least 1, at least 1, and of " + ENGINES + ")");
        }
        long drawn = seed == null ? ThreadLocalRandom.current().nextLong(1 << 30) : seed;
        PrintWriter progress = spec.commandLine().getErr();
        Path launcher = launcher();
        List<HostileResult> results = new ArrayList<>();
        for (String engine : engines) {
            List<HostileResult> ofEngine = new HostileRun(
                            launcher, engine, drawn, seconds, clients, line -> progress.println("hostile: " + line))
                    .run();
            // A run takes minutes, and what is known is worth knowing if it does not come to its end.
            progress.println(text(ofEngine));
            results.addAll(ofEngine);
        }
        boolean passed = results.stream().allMatch(result -> result.violations().isEmpty());
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("engines", engines);
        options.put("seconds", seconds);
        options.put("seed", drawn);
        options.put("clients", clients);
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("passed", passed);
        figures.put("servers", results.stream().map(HostileResult::figures).toList());
        report.write(text(results), options, figures);
        return passed ? 0 : 1;
    }

    private static String text(List<HostileResult> results) {
        StringBuilder text = new StringBuilder();
        for (HostileResult result : results) {
            text.append(result.line()).append('\n');
            result.violations()
                    .forEach(violation ->
                            text.append("    FAIL ").append(violation).append('\n'));
        }
        return text.toString().stripTrailing();
    }

    private static Path launcher() {
        Path launcher = Path.of(System.getProperty("fastsocket.root", ""), "fastsocket");
        if (!Files.isExecutable(launcher)) {
            throw new CommandFailed(
                    CommandFailed.FAILED,
                    "the launcher is not there: " + launcher + " (expected the script of a checkout); fix: start it as"
                            + " ./fastsocket bench hostile of a checkout");
        }
        return launcher;
    }
}
