package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.tuning.JournalDirectory;
import io.fastsocket.affinity.tuning.TuningException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where {@code apply} and {@code undo} keep the way back; a mixin of picocli's. */
final class StateOption {
    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Where the way back is kept. Default: /var/lib/fastsocket/affinity.")
    private Path directory = JournalDirectory.DEFAULT;

    /** The directory without its lock. */
    Path directory() {
        return directory;
    }

    /** The directory with its lock; to be closed. */
    JournalDirectory open() throws TuningException {
        return JournalDirectory.open(directory);
    }
}
