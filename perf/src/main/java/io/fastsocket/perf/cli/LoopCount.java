package io.fastsocket.perf.cli;

import io.fastsocket.affinity.CpuTopology;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The number of event loops that {@code --loops} asks for. */
final class LoopCount {
    private LoopCount() {}

    /** The option's value, or one loop for each CPU this process may use if it is 0. */
    static int effective(int loops, CommandSpec spec) {
        if (loops < 0) {
            throw new ParameterException(
                    spec.commandLine(), "cannot run: --loops=" + loops + " (expected 1 or more, or 0 for one per CPU)");
        }
        return loops == 0 ? CpuTopology.read().allowed().size() : loops;
    }
}
