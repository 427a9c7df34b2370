package io.fastsocket.perf.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.cli.JsonText;
import io.fastsocket.perf.report.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Where a report goes. */
@SuppressWarnings("NullAway.Init") // picocli sets the command
final class ReportOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--json", description = "Print one JSON object on standard output instead of a table.")
    private boolean json;

    @Option(names = "--output", paramLabel = "FILE", description = "Also write the JSON object to this file.")
    private @Nullable Path output;

    /**
     * Prints the report in the form asked for.
     *
     * @param text the report for people
     * @param options what was asked for; with the environment it comes first in the JSON object
     * @param figures the rest of the JSON object
     * @throws CommandFailed if the file cannot be written
     */
    void write(String text, Map<String, ?> options, Map<String, ?> figures) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("environment", new Environment(Path.of("/"), Clock.systemUTC()).record());
        object.put("options", options);
        object.putAll(figures);
        String jsonText = JsonText.indented(object);
        command.commandLine().getOut().println(json ? jsonText : text);
        if (output != null) {
            try {
                Files.writeString(output, jsonText + System.lineSeparator());
            } catch (IOException e) {
                throw new CommandFailed(CommandFailed.FAILED, "cannot write report: --output=" + output + ": " + e, e);
            }
        }
    }

    /** The file that the JSON object was also written to, if any. */
    Optional<Path> output() {
        return Optional.ofNullable(output);
    }
}
