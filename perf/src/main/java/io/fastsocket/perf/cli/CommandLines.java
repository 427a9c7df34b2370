package io.fastsocket.perf.cli;

import java.io.IOException;
import picocli.CommandLine;

/** How the commands of this module end: exit code 0 done, 1 failed, 2 wrong usage; an error is one line on standard error. */
final class CommandLines {
    private CommandLines() {}

    static CommandLine of(Object command) {
        return new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, args) -> {
                    CommandLine failed = e.getCommandLine();
                    failed.getErr()
                            .println(failed.getCommandSpec().qualifiedName() + ": " + e.getMessage() + "; see --help");
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((e, failed, parsed) -> {
                    if (e instanceof CommandFailure || e instanceof IOException) {
                        failed.getErr().println(failed.getCommandSpec().qualifiedName() + ": " + e.getMessage());
                        return CommandLine.ExitCode.SOFTWARE;
                    }
                    throw e;
                });
    }
}
