package io.fastsocket.perf.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.perf.report.HtmlReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fastsocket bench html}: a report as a page. */
@Command(
        name = "html",
        description = "Makes one page of the JSON object that `fastsocket bench --output` has written.",
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage.",
            "",
            "Example:",
            "  fastsocket bench html perf/results/2026-11-27/bench.json"
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the parameter, the command and the mixin
public final class HtmlCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The JSON object.")
    private Path input;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "The page. Default: beside the JSON object, with the ending .html.")
    private @Nullable Path output;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    /** A command with every option at its default. */
    public HtmlCommand() {}

    @Override
    public Integer call() {
        Path page = output == null ? beside(input) : output;
        write(input, page);
        spec.commandLine().getOut().println(page);
        return 0;
    }

    /** A page's path for a JSON object's. */
    static Path beside(Path json) {
        String name = String.valueOf(json.getFileName()).replaceFirst("\\.json$", "");
        return json.resolveSibling(name + ".html");
    }

    /**
     * Makes a page of a JSON object.
     *
     * @throws CommandFailed if there is none, it is another one, or the page cannot be written
     */
    static void write(Path json, Path page) {
        try {
            Files.writeString(page, HtmlReport.of(new ObjectMapper().readTree(json.toFile())));
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailed(CommandFailed.FAILED, "cannot make a page of " + json + ": " + e.getMessage(), e);
        }
    }
}
