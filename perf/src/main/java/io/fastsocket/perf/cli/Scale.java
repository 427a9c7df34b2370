package io.fastsocket.perf.cli;

import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.perf.scale.CostModel;
import io.fastsocket.perf.scale.Design;
import io.fastsocket.perf.scale.ScaleRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fastsocket bench scale}: a simulation of the work that crosses between CPUs, by their number. */
@Command(
        name = "scale",
        description = {
            "SIMULATES, and does not measure, how much work crosses between CPUs, by the number of CPUs: with one listener, with a"
                    + " listener for each loop chosen by the kernel's hash, and with this project.",
            "Packets arrive on the CPU that a card's random hash names; the design's rule names the loop. A modelled rate follows from"
                    + " what a connection costs; docs/SCALE.md says where the costs come from, and what no model here holds."
        },
        footer = {
            "",
            "Exit codes: 0 done, 2 wrong usage.",
            "",
            "JSON: {environment, options, simulation, notes, rows: [{design, cpus, clientCrossShare, upstreamCrossShare,",
            "  expectedCrossShare, requestCrossShare, expectedRequestCrossShare, workElsewhereShare, imbalance, imbalanceFew,",
            "  microsPerConnection, rateOverOneCpu, rateUntilFullest}]}",
            "",
            "Examples:",
            "  fastsocket bench scale",
            "  fastsocket bench scale --cpus 8,16 --accept-serial-micros 2 --json"
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the command and the mixins
public final class Scale implements Callable<Integer> {
    @Option(
            names = "--cpus",
            split = ",",
            paramLabel = "N",
            description = "Numbers of CPUs, comma-separated, 1 to 128. Default: 1,2,4,8,12,16,24,32,48,64.")
    private List<Integer> cpus = List.of(1, 2, 4, 8, 12, 16, 24, 32, 48, 64);

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections of clients. Default: ${DEFAULT-VALUE}.")
    private int connections = 10_000;

    @Option(
            names = "--few",
            paramLabel = "N",
            description = "Connections of clients for the imbalance of few. Default: ${DEFAULT-VALUE}.")
    private int few = 64;

    @Option(names = "--seed", paramLabel = "N", description = "Of the random numbers. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--local-micros",
            paramLabel = "MICROS",
            description =
                    "CPU time of a new connection that does not cross. Default: ${DEFAULT-VALUE}, measured on 2 CPUs.")
    private double localMicros = 15.4;

    @Option(
            names = "--cross-micros",
            paramLabel = "MICROS",
            description =
                    "CPU time that crossing adds. Default: ${DEFAULT-VALUE}, no measured figure but the most that figures measured"
                            + " on 2 CPUs leave room for.")
    private double crossMicros = 10.4;

    @Option(
            names = "--accept-serial-micros",
            paramLabel = "MICROS",
            description =
                    "The part of a new connection that only the loop of a single listener can do. Default: none, as it was never"
                            + " measured, and then there is no rate of one listener.")
    private @Nullable Double acceptSerialMicros;

    @Mixin
    private ReportOptions report;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    /** A command with every option at its default. */
    public Scale() {}

    @Override
    public Integer call() {
        List<ScaleRow> rows = rows();
        report.write(ScaleReport.text(rows), options(), ScaleReport.figures(rows));
        return 0;
    }

    private List<ScaleRow> rows() {
        try {
            CostModel costs = new CostModel(
                    localMicros,
                    crossMicros,
                    acceptSerialMicros == null ? OptionalDouble.empty() : OptionalDouble.of(acceptSerialMicros));
            List<ScaleRow> rows = new ArrayList<>();
            for (int number : cpus) {
                for (Design design : Design.values()) {
                    rows.add(ScaleRow.of(design, number, connections, few, seed, costs));
                }
            }
            return rows;
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private Map<String, Object> options() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("cpus", cpus);
        options.put("connections", connections);
        options.put("few", few);
        options.put("seed", seed);
        options.put("localMicros", localMicros);
        options.put("crossMicros", crossMicros);
        if (acceptSerialMicros != null) {
            options.put("acceptSerialMicros", acceptSerialMicros);
        }
        return options;
    }
}
