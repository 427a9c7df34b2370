package io.fastsocket.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fastsocket.affinity.cli.OneLineErrors;
import io.fastsocket.perf.cli.Bench;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code fastsocket bench load}. */
@Timeout(60)
class LoadCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine command = OneLineErrors.on(new CommandLine(new Bench()))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));

    @Test
    void printsHelp() {
        assertThat(command.execute("load", "--help")).isZero();
        assertThat(out.toString())
                .contains("--rate=N", "--cpus=LIST", "Exit codes:", "Examples:")
                .doesNotContain("${");
    }

    @Test
    void printsTheReportAsJson() throws IOException {
        try (ScriptedServer server = ScriptedServer.answering(ScriptedServer.OK)) {
            int exit = run("--json --requests 50 --warmup 0 --connections 16", server);

            assertThat(exit).isZero();
            JsonNode report = new JsonMapper().readTree(out.toString());
            assertThat(report.get("answered").asLong()).isEqualTo(50);
            assertThat(report.get("errors").get("refused").asLong()).isZero();
            assertThat(report.get("latencyMicros").get("p99.9").asDouble()).isPositive();
            assertThat(report.get("options").get("rate").isNull()).isTrue();
            assertThat(report.get("loops").get(0).get("cpu").asInt()).isNotNegative();
            assertThat(err.toString()).isEmpty();
        }
    }

    @Test
    void printsTheReportForPeopleAndFailsWhenNothingIsAnswered() throws IOException {
        try (ScriptedServer server = new ScriptedServer(peer -> {
            peer.readRequest();
            peer.reset();
        })) {
            assertThat(run("--requests 50 --warmup 0 --connections 16", server)).isEqualTo(1);
            assertThat(out.toString())
                    .contains("0 answered of 50", "latency, us", "errors: reset 50 (", "busy: loop 0 (CPU ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    load                             | fastsocket bench load: Missing required parameter: 'URL'
                    load 127.0.0.1                   | fastsocket bench load: cannot load 127.0.0.1: not an URL
                    load --rate 0 http://[::1]/      | fastsocket bench load: cannot run: --rate=0.0 (expected more than 0)
                    load --connections 0 http://[::1]/ | fastsocket bench load: load: connections=0 (expected 1..1000000)
                    load --cpus x http://[::1]/      | fastsocket bench load:
                    load --engine fast http://[::1]/ | fastsocket bench load: Invalid value for option '--engine'
                    """)
    void saysInOneLineWhatIsWrong(String arguments, String line) {
        assertThat(command.execute(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().startsWith(line);
    }

    private int run(String options, ScriptedServer server) {
        String url = "http://127.0.0.1:" + server.target().address().getPort() + "/";
        return command.execute(("load " + options + " " + url).split(" "));
    }
}
