package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.cli.CommonOptions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code fastsocket bench}, for the list of commands: the launcher runs it from the module {@code perf}. */
@Command(name = "bench", description = "Measures servers side by side under wrk; bench --help: its other commands.")
final class BenchCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common = new CommonOptions();

    @Override
    public Integer call() {
        throw new CommandFailed(
                CommandFailed.FAILED, "bench is in the module perf, not in this one; run it as ./fastsocket bench");
    }
}
