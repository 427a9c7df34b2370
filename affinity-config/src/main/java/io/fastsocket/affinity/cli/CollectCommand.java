package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.Recording;
import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

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
final class CollectCommand extends MachineCommand {
    @Parameters(paramLabel = "FILE", description = "The archive to write; must not exist.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path archive;

    @Override
    int run(SystemRoot root) throws IOException {
        Recording.write(root, archive);
        err().println("wrote " + archive);
        return 0;
    }
}
