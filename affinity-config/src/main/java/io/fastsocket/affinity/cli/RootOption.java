package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.system.SystemRoot;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which machine a command looks at; a mixin of picocli's. */
final class RootOption {
    @Option(
            names = "--root",
            paramLabel = "PATH",
            description =
                    "Looks at a recorded machine instead of this one: a directory that stands for /, or an archive"
                            + " made by collect.")
    private @Nullable Path root;

    /** The machine; to be closed. */
    SystemRoot open() {
        return root == null ? SystemRoot.live() : SystemRoot.recorded(root);
    }
}
