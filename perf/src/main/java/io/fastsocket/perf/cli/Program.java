package io.fastsocket.perf.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A program of the system that a command calls. */
record Program(String name, String debianPackage) {
    static final Program WRK = new Program("wrk", "wrk");
    static final Program TASKSET = new Program("taskset", "util-linux");

    /**
     * Checks that it can be found.
     *
     * @param searchPath the directories of {@code PATH}
     * @throws CommandFailed if not, with the command that installs it
     */
    void require(String searchPath) {
        boolean found = Arrays.stream(searchPath.split(File.pathSeparator))
                .map(directory -> Path.of(directory, name))
                .anyMatch(Files::isExecutable);
        if (!found) {
            throw new CommandFailed(
                    CommandFailed.FAILED, name + " not found on PATH; fix: apt-get install " + debianPackage);
        }
    }
}
