package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.Recording;
import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fastsocket affinity collect}: records this machine, for {@code --root} and for bug reports. */
@Command(
        name = "collect",
        description = "Writes what the other commands read into an archive: files of /proc and /sys, and the answers of"
                + " ethtool. No addresses and no host name are in it.",
        footer = {
            "",
            "Example:",
            "  fastsocket affinity collect machine.zip",
            "  fastsocket affinity show --root machine.zip"
        })
final class CollectCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common = new CommonOptions();

    @Mixin
    private RootOption rootOption = new RootOption();

    @Parameters(paramLabel = "FILE", description = "The archive to write; must not exist.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path archive;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (SystemRoot root = rootOption.open()) {
            Recording.write(root, archive);
            spec.commandLine().getErr().println("wrote " + archive);
            return 0;
        }
    }
}
