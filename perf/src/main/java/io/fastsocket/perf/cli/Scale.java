package io.fastsocket.perf.cli;

import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.affinity.cli.TextTable;
import io.fastsocket.perf.scale.Acceptance;
import io.fastsocket.perf.scale.Costs;
import io.fastsocket.perf.scale.Simulation;
import java.util.ArrayList;
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

/** {@code fastsocket bench scale}: larger machines, simulated. */
@Command(
        name = "scale",
        description = {
            "Simulates how much work crosses cores on machines of other sizes, and what it costs. Nothing is measured.",
            "Connections arrive on CPUs at random, as a card's hash spreads them; loops get them by one listener, by the kernel's"
                    + " hash, or by the CPU that receives. docs/SCALE.md says what the figures mean and where the default costs"
                    + " come from."
        },
        footer = {
            "",
            "Exit codes: 0 done, 2 wrong usage.",
            "",
            "JSON: {environment, options, simulated: true, rows: [one per acceptance and number of CPUs]}",
            "",
            "Examples:",
            "  fastsocket bench scale",
            "  fastsocket bench scale --cpus 24 --connections 1000"
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the command and the mixins
public final class Scale implements Callable<Integer> {
    private static final double PERCENT = 100;

    @Option(
            names = "--cpus",
            split = ",",
            paramLabel = "N",
            description = "Numbers of CPUs, comma-separated. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1,2,4,8,16,24,32,48,64")
    private List<Integer> cpus;

    @Option(names = "--connections", paramLabel = "N", description = "Connections. Default: ${DEFAULT-VALUE}.")
    private int connections = 100_000;

    @Option(
            names = "--local-micros",
            paramLabel = "US",
            description = "CPU time of a connection that does not cross. Default: ${DEFAULT-VALUE}.")
    private double localMicros = 34;

    @Option(
            names = "--crossing-micros",
            paramLabel = "US",
            description = "CPU time more of one that does. Default: ${DEFAULT-VALUE}.")
    private double crossingMicros = 10;

    @Option(
            names = "--serial-micros",
            paramLabel = "US",
            description = "CPU time of a single listener's thread for each connection. Default: ${DEFAULT-VALUE}.")
    private double serialMicros = 5;

    @Option(names = "--seed", paramLabel = "N", description = "Of the random numbers. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

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
        TextTable table = TextTable.ofNumbers(
                "simulated: acceptance", "CPUs", "crossing %", "of a proxy %", "max/mean", "speed-up");
        List<Map<String, Object>> rows = new ArrayList<>();
        try {
            Costs costs = new Costs(localMicros, crossingMicros, serialMicros);
            for (Acceptance acceptance : Acceptance.values()) {
                for (int number : cpus) {
                    Simulation result = Simulation.run(acceptance, number, connections, costs, seed);
                    table.row(
                            acceptance,
                            number,
                            format(PERCENT * result.crossingShare()),
                            format(PERCENT * result.proxyCrossingShare()),
                            String.format(Locale.ROOT, "%.2f", result.imbalance()),
                            format(result.speedUp()));
                    rows.add(row(acceptance, result));
                }
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("simulated", true);
        figures.put("rows", rows);
        report.write(table.toString(), options(), figures);
        return 0;
    }

    private static Map<String, Object> row(Acceptance acceptance, Simulation result) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("acceptance", acceptance);
        row.put("cpus", result.cpus());
        row.put("crossingShare", result.crossingShare());
        row.put("proxyCrossingShare", result.proxyCrossingShare());
        row.put("imbalance", result.imbalance());
        row.put("speedUp", result.speedUp());
        return row;
    }

    private Map<String, Object> options() {
        Map<String, Object> options = new LinkedHashMap<>();
        options.put("cpus", cpus);
        options.put("connections", connections);
        options.put("localMicros", localMicros);
        options.put("crossingMicros", crossingMicros);
        options.put("serialMicros", serialMicros);
        options.put("seed", seed);
        return options;
    }

    private static String format(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
