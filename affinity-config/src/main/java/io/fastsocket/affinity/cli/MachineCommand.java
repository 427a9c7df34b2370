package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that looks at a machine, this one or a recorded one, and changes nothing on it. */
abstract class MachineCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RootOption rootOption = new RootOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public final Integer call() throws IOException, InterruptedException {
        try (SystemRoot root = rootOption.open()) {
            return run(root);
        }
    }

    /** Does it, and answers the exit code. */
    abstract int run(SystemRoot root) throws IOException, InterruptedException;

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
