package io.fastsocket.perf.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.perf.micro.PortChoice;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fastsocket bench micro}: JMH. */
@Command(
        name = "micro",
        description = {
            "Times pure code with JMH: the choice of a source port, computed and by trial (PortChoice); an event counted, as loops do"
                    + " it and by shared counters (Counting); the receive hash of a card (Toeplitz); the steering program"
                    + " compiled (SteeringCompile); the table of a loop's connections (Connections); the plan of which loop"
                    + " runs where (Placement).",
            "Prints nanoseconds for each operation, and the bytes that it allocates (gc.alloc.rate.norm)."
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage.",
            "",
            "Examples:",
            "  fastsocket bench micro --quick",
            "  fastsocket bench micro --only Counting --threads 2"
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the mixin
public final class Micro implements Callable<Integer> {
    /** Whatever is in the package of benchmarks. */
    static final String ALL = "^" + PortChoice.class.getPackageName().replace(".", "\\.") + "\\.";

    @Option(names = "--quick", description = "One JVM and two short rounds for each figure: for a first look.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            description = "The benchmarks to run, such as Counting. Default: all.")
    private @Nullable String only;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of each benchmark. Default: ${DEFAULT-VALUE}.")
    private int threads = 1;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    /** A command with every option at its default. */
    public Micro() {}

    @Override
    public Integer call() {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(only == null ? ALL : only)
                .threads(threads)
                .addProfiler(GCProfiler.class)
                .warmupTime(TimeValue.seconds(1))
                .measurementTime(TimeValue.seconds(1))
                .forks(quick ? 1 : 3)
                .warmupIterations(quick ? 2 : 5)
                .measurementIterations(quick ? 2 : 5);
        try {
            new Runner(options.build()).run();
            return 0;
        } catch (RunnerException failed) {
            throw new CommandFailed(CommandFailed.FAILED, "bench micro failed: " + failed.getMessage(), failed);
        }
    }
}
