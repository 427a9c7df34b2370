package io.fastsocket.perf.cli;

import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.affinity.cli.TextTable;
import io.fastsocket.perf.churn.MeterChurn;
import io.fastsocket.transport.engine.Engine;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fastsocket bench meters}: groups and server channels come and go, and their meters with them. */
@Command(
        name = "meters",
        description = {
            "Starts and stops event loop groups, and binds and closes server channels, with their meters in one registry.",
            "Each group has one loop and a server channel. Meters, threads, open files and heap after garbage collection are"
                    + " taken at rest after 5, 10, 20, ... 100 %% of them."
        },
        footer = {
            "",
            "Exit codes: 0 nothing grew, 1 otherwise, 2 wrong usage.",
            "",
            "JSON: {environment, options, passed, starts, binds}, the last two with {cycles, seconds, violations,",
            "  rests: [{cycles, meters, threads, openFiles, heapBytes, residentBytes}]}",
            "",
            "Examples:",
            "  fastsocket bench meters --engine epoll",
            "  fastsocket bench meters --starts 1000 --binds 10000"
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the command and the mixins
public final class Meters implements Callable<Integer> {
    private static final double MEBIBYTE = 1 << 20;

    @Option(names = "--engine", paramLabel = "NAME", description = "io_uring, epoll or nio. Default: ${DEFAULT-VALUE}.")
    private String engine = "io_uring";

    @Option(names = "--starts", paramLabel = "N", description = "Groups to start and stop. Default: ${DEFAULT-VALUE}.")
    private long starts = 100_000;

    @Option(
            names = "--binds",
            paramLabel = "N",
            description = "Server channels to bind and close. Default: ${DEFAULT-VALUE}.")
    private long binds = 100_000;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Time for all of them; a run that is cut off has failed. Default: ${DEFAULT-VALUE}.")
    private int timeoutSeconds = 1200;

    @Mixin
    private ReportOptions report;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    /** A command with every option at its default. */
    public Meters() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (starts < MeterChurn.CYCLES_MIN || binds < MeterChurn.CYCLES_MIN || timeoutSeconds < 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "cannot run: --starts=" + starts + ", --binds=" + binds + ", --timeout=" + timeoutSeconds
                            + " (expected at least " + MeterChurn.CYCLES_MIN + ", " + MeterChurn.CYCLES_MIN
                            + " and 1)");
        }
        PrintWriter progress = spec.commandLine().getErr();
        MeterChurn churn = new MeterChurn(
                engine(), Duration.ofSeconds(timeoutSeconds), line -> progress.println("meters: " + line));
        MeterChurn.Result started = churn.startAndStop(starts);
        MeterChurn.Result bound = churn.bindAndClose(binds);
        boolean passed = started.violations().isEmpty() && bound.violations().isEmpty();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("passed", passed);
        figures.put("starts", started);
        figures.put("binds", bound);
        report.write(
                String.join(
                        System.lineSeparator(),
                        text("starts", started),
                        text("binds", bound),
                        passed ? "passed" : "FAILED"),
                options(),
                figures);
        return passed ? 0 : 1;
    }

    private Engine engine() {
        return Arrays.stream(Engine.values())
                .filter(each -> each != Engine.AUTO && each.label().equals(engine))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "no such engine: --engine=" + engine + " (expected io_uring, epoll or nio)"));
    }

    private static String text(String name, MeterChurn.Result result) {
        TextTable table = TextTable.ofNumbers(name, "meters", "threads", "open files", "heap MiB", "resident MiB");
        for (MeterChurn.Rest rest : result.rests()) {
            table.row(
                    rest.cycles(),
                    rest.meters(),
                    rest.threads(),
                    rest.openFiles(),
                    mebibytes(rest.heapBytes()),
                    mebibytes(rest.residentBytes()));
        }
        List<String> lines = new ArrayList<>();
        lines.add(table.toString());
        lines.add(String.format(
                Locale.ROOT,
                "%d in %.1f s, %.2f ms each",
                result.cycles(),
                result.seconds(),
                result.seconds() * 1e3 / Math.max(1, result.cycles())));
        result.violations().forEach(violation -> lines.add("growth: " + violation));
        return String.join(System.lineSeparator(), lines);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / MEBIBYTE);
    }

    private Map<String, Object> options() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("engine", engine);
        options.put("starts", starts);
        options.put("binds", binds);
        options.put("timeoutSeconds", timeoutSeconds);
        return options;
    }
}
