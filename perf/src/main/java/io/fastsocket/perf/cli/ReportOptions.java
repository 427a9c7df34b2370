package io.fastsocket.perf.cli;

import io.fastsocket.perf.report.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a report goes. */
final class ReportOptions {
    @Option(names = "--json", description = "Print one JSON object on standard output instead of a table.")
    private boolean json;

    @Option(names = "--output", paramLabel = "FILE", description = "Also write the JSON object to this file.")
    private @Nullable Path output;

    /**
     * Prints the report in the form asked for.
     *
     * @throws CommandFailure if the file cannot be written
     */
    void write(PrintWriter out, String table, Map<String, Object> object) throws CommandFailure {
        String text = Json.write(object);
        out.print(json ? text + "\n" : table);
        out.flush();
        if (output != null) {
            try {
                Files.writeString(output, text + "\n");
            } catch (IOException e) {
                throw new CommandFailure("cannot write report: --output=" + output + ": " + e);
            }
        }
    }
}
