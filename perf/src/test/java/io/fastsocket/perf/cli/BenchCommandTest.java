package io.fastsocket.perf.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.cli.OneLineErrors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class BenchCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine command = OneLineErrors.on(new CommandLine(new Bench()))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));

    @Test
    void printsHelpOfTheCommands() {
        assertThat(command.execute("--help")).isZero();
        assertThat(command.execute("churn", "--help")).isZero();
        assertThat(command.execute("meters", "--help")).isZero();
        assertThat(command.execute("scale", "--help")).isZero();
        assertThat(out.toString())
                .contains(
                        "--[no-]pin-load",
                        "fastsocket-io_uring",
                        "--timeout=SECONDS",
                        "SIMULATES",
                        "Exit codes:",
                        "Examples:")
                .doesNotContain("%%", "${");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --servers=apache         | fastsocket bench: Invalid value for option '--servers' (NAME): no such server: name=apache
                    --work=old               | fastsocket bench: Invalid value for option '--work' (KIND): no such work: name=old (expected one of new, keepalive,
                    --also=all               | fastsocket bench: Invalid value for option '--also' (KIND): no such extra: name=all (expected one of latency,
                    --storm=1                | fastsocket bench: cannot spread the load: connections=64, storm=1, idle=100000
                    --idle=0                 | fastsocket bench: cannot spread the load: connections=64, storm=5000, idle=0
                    --rounds=0               | fastsocket bench: cannot schedule: warmup=30, rounds=0, seconds=4
                    --connections=1          | fastsocket bench: cannot spread the load: connections=1
                    --loops=-1               | fastsocket bench: cannot run: --loops=-1
                    --fast                   | fastsocket bench: Unknown option: '--fast'
                    churn --connections=19   | fastsocket bench churn: cannot run: --connections=19
                    meters --engine=auto     | fastsocket bench meters: no such engine: --engine=auto (expected io_uring, epoll or nio)
                    meters --starts=19       | fastsocket bench meters: cannot run: --starts=19, --binds=100000, --timeout=1200
                    scale --cpus=0           | fastsocket bench scale: cannot simulate: cpus=0 (expected 1 to 128
                    scale --cpus=8,129       | fastsocket bench scale: cannot simulate: cpus=129 (expected 1 to 128
                    scale --cpus=two         | fastsocket bench scale: Invalid value for option '--cpus' (N): 'two': give a whole number
                    scale --connections=0    | fastsocket bench scale: cannot simulate: connections=0 (expected 1 or more)
                    scale --few=0            | fastsocket bench scale: cannot simulate: connections=0 (expected 1 or more)
                    scale --local-micros=0   | fastsocket bench scale: cannot model: local=0.0, cross=10.4, accept-serial=not given (expected
                    scale --cross-micros=-1  | fastsocket bench scale: cannot model: local=15.4, cross=-1.0, accept-serial=not given (expected
                    scale --accept-serial-micros=16 | fastsocket bench scale: cannot model: local=15.4, cross=10.4, accept-serial=16.0 (expected
                    churn --timeout=0        | fastsocket bench churn: cannot run: --connections=1000000, --clients=16, --timeout=0
                    churn --server=nginx     | fastsocket bench churn: cannot watch heap: --server=nginx (expected a server in a JVM)
                    """)
    void saysInOneLineWhatIsWrongWithAnOption(String arguments, String line) {
        assertThat(command.execute(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().startsWith(line);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void scaleSaysInItsTableAndInItsJsonThatItIsASimulation() throws IOException {
        assertThat(command.execute("scale", "--cpus=4,8", "--connections=1000")).isZero();
        assertThat(out.toString()).startsWith("SIMULATED").contains("one listener", "listeners by hash", "unknown");

        out.getBuffer().setLength(0);
        assertThat(command.execute("scale", "--cpus=4,8", "--connections=1000", "--accept-serial-micros=2", "--json"))
                .isZero();
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.path("simulation").booleanValue()).isTrue();
        assertThat(json.at("/options/cpus")).hasSize(2);
        assertThat(json.path("rows")).hasSize(6);
        assertThat(json.at("/rows/0/clientCrossShare").doubleValue()).isBetween(0.65, 0.85);
        assertThat(json.at("/rows/0/expectedCrossShare").doubleValue()).isEqualTo(0.75);
        assertThat(json.at("/rows/0/rateOverOneCpu").doubleValue()).isBetween(1.0, 4.0);
        assertThat(json.at("/rows/5/design").textValue()).isEqualTo("fastsocket");
        assertThat(json.at("/rows/5/rateOverOneCpu").doubleValue()).isEqualTo(8);
        assertThat(json.at("/rows/5/rateUntilFullest").doubleValue())
                .isEqualTo(8 / json.at("/rows/5/imbalance").doubleValue());
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void saysHowToInstallAMissingProgram(@TempDir Path empty) {
        assertThatThrownBy(() -> Program.WRK.require(empty.toString()))
                .isInstanceOf(CommandFailed.class)
                .hasMessage("wrk not found on PATH; fix: apt-get install wrk");
    }

    @Test
    void findsAProgramInAnyDirectoryOfThePath(@TempDir Path empty) {
        new Program("sh", "dash").require(empty + ":/bin:/usr/bin");
    }
}
