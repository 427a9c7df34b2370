package io.fastsocket.perf.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.cli.OneLineErrors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class HtmlCommandTest {
    private static final String REPORT = "{\"summary\":[{\"work\":\"new\",\"server\":\"nginx\"}]}";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void putsThePageBesideTheReportAndSaysWhere() throws IOException {
        Path report = write("report.json", REPORT);
        assertThat(run(report.toString())).as(err.toString()).isZero();
        Path page = folder.resolve("report.html");
        assertThat(out.toString().strip()).isEqualTo(page.toString());
        assertThat(Files.readString(page)).startsWith("<!DOCTYPE html>").contains("nginx");
        assertThat(Files.readString(report)).isEqualTo(REPORT);
    }

    @Test
    void putsThePageWhereItIsTold() throws IOException {
        Path page = folder.resolve("page");
        assertThat(run(write("report", REPORT).toString(), "--output", page.toString()))
                .isZero();
        assertThat(page).exists();
        assertThat(folder.resolve("report.html")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"summary":[    | not JSON: file=
                    {"summary":[]} x| not JSON: file=
                    ''              | not a report of the bench: file=
                    [1]             | not a report of the bench: file=
                    {"passed":true} | not a report of the bench: file=
                    """)
    void saysInOneLineThatAFileIsNoReport(String content, String message) throws IOException {
        Path report = write("report.json", content);
        assertThat(run(report.toString())).isEqualTo(1);
        assertOneLine("fastsocket bench html: " + message + report);
        assertThat(folder.resolve("report.html")).doesNotExist();
    }

    @Test
    void saysInOneLineThatAFileCannotBeReadOrWritten() throws IOException {
        Path missing = folder.resolve("missing.json");
        assertThat(run(missing.toString())).isEqualTo(1);
        assertOneLine("fastsocket bench html: no such report: file=" + missing);
        err.getBuffer().setLength(0);

        assertThat(run(folder.toString())).isEqualTo(1);
        assertOneLine("fastsocket bench html: cannot read report: file=" + folder);
        err.getBuffer().setLength(0);

        assertThat(run(write("report.json", REPORT).toString(), "--output", folder.toString()))
                .isEqualTo(1);
        assertOneLine("fastsocket bench html: cannot write page: file=" + folder);
    }

    @Test
    void saysInOneLineWhatIsWrongWithTheCommandLine() throws IOException {
        assertThat(run()).isEqualTo(2);
        assertOneLine("fastsocket bench html: Missing required parameter: 'FILE.json'");
        err.getBuffer().setLength(0);

        String report = write("report.json", REPORT).toString();
        assertThat(run(report, "--output", report)).isEqualTo(2);
        assertOneLine("fastsocket bench html: the page would replace the report: --output=" + report);
        assertThat(Files.readString(Path.of(report))).isEqualTo(REPORT);
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "html";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return OneLineErrors.on(new CommandLine(new Bench()))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }

    private void assertOneLine(String start) {
        assertThat(err.toString().lines()).singleElement().asString().startsWith(start);
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }
}
