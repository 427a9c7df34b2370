package io.fastsocket.perf.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.perf.report.HtmlReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fastsocket bench html}: a report of the bench as a page. */
@Command(
        name = "html",
        description = {
            "Makes a page with plots of a JSON report that `fastsocket bench --output` wrote, and prints where it is.",
            "It is one file, without scripts, that asks nothing of any other place."
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage.",
            "",
            "Examples:",
            "  fastsocket bench html report.json",
            "  fastsocket bench html --output page.html report.json"
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the file, the command and the mixin
public final class HtmlCommand implements Callable<Integer> {
    private static final String JSON = ".json";
    private static final String HTML = ".html";

    /** Strict: what follows the object is a sign of another file. */
    private static final ObjectReader READER =
            new JsonMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    @Parameters(paramLabel = "FILE.json", description = "The report.")
    private Path report;

    @Option(
            names = "--output",
            paramLabel = "FILE.html",
            description = "Where the page goes. Default: beside the report, with .html for .json.")
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
        Path page = output == null ? beside(report) : output;
        if (page.toAbsolutePath().normalize().equals(report.toAbsolutePath().normalize())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the page would replace the report: --output=" + page + " (expected another file)");
        }
        write(report, page);
        spec.commandLine().getOut().println(page);
        return 0;
    }

    /** Where the page of a report goes unless told. */
    static Path beside(Path report) {
        String name = report.getFileName().toString();
        String stem = name.endsWith(JSON) ? name.substring(0, name.length() - JSON.length()) : name;
        return report.resolveSibling(stem + HTML);
    }

    /**
     * Makes the page of a report.
     *
     * @throws CommandFailed if the report cannot be read or is none, or the page cannot be written
     */
    static void write(Path report, Path page) {
        String html = HtmlReport.of(read(report));
        try {
            Files.writeString(page, html);
        } catch (IOException e) {
            throw new CommandFailed(CommandFailed.FAILED, "cannot write page: file=" + page + ": " + e, e);
        }
    }

    private static JsonNode read(Path report) {
        JsonNode json;
        try {
            json = READER.readTree(Files.readAllBytes(report));
        } catch (NoSuchFileException e) {
            throw new CommandFailed(CommandFailed.FAILED, "no such report: file=" + report, e);
        } catch (JsonProcessingException e) {
            throw new CommandFailed(
                    CommandFailed.FAILED, "not JSON: file=" + report + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new CommandFailed(CommandFailed.FAILED, "cannot read report: file=" + report + ": " + e, e);
        }
        if (!json.path("summary").isArray()) {
            throw new CommandFailed(
                    CommandFailed.FAILED,
                    "not a report of the bench: file=" + report + " (expected an object with a list `summary`)");
        }
        return json;
    }
}
