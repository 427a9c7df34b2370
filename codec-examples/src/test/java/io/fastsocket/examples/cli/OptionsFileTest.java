package io.fastsocket.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.cli.OneLineErrors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

final class OptionsFileTest {
    @TempDir
    private Path directory;

    private final StringWriter err = new StringWriter();
    private final Server server = new Server();

    @Command(name = "serve", preprocessor = OptionsFile.Reader.class, mixinStandardHelpOptions = true)
    private static final class Server implements Callable<Integer> {
        @Option(names = "--config")
        @SuppressWarnings("unused")
        private Path config;

        @Option(names = "--listen", required = true)
        private String listen;

        @Option(names = "--upstream", split = ",")
        private List<String> upstreams;

        @Option(names = "--drain-timeout", defaultValue = "10")
        private int drainTimeout;

        @Option(names = "--proxy-protocol-in", arity = "0..1", fallbackValue = "true", defaultValue = "false")
        private boolean headerIn;

        @Override
        public Integer call() {
            return 0;
        }
    }

    @Command(name = "top")
    private static final class Top {}

    private int run(String yaml, String... more) throws IOException {
        Path file = directory.resolve("o.yaml");
        Files.writeString(file, yaml);
        String[] args = new String[more.length + 3];
        args[0] = "serve";
        args[1] = "--config";
        args[2] = file.toString();
        System.arraycopy(more, 0, args, 3, more.length);
        return execute(args);
    }

    private int execute(String... args) {
        CommandLine commands = new CommandLine(new Top()).addSubcommand(server).setErr(new PrintWriter(err, true));
        return OneLineErrors.on(commands).execute(args);
    }

    @Test
    void givesEachOptionItsValue() throws IOException {
        assertThat(run("listen: '[::1]:80'\nupstream: [a:1, b:2]\ndrain-timeout: 7\nproxy-protocol-in: true\n"))
                .as("%s", err)
                .isZero();
        assertThat(server.listen).isEqualTo("[::1]:80");
        assertThat(server.upstreams).containsExactly("a:1", "b:2");
        assertThat(server.drainTimeout).isEqualTo(7);
        assertThat(server.headerIn).isTrue();
    }

    @Test
    void givesWayToTheCommandLine() throws IOException {
        String yaml = "{listen: a:1, upstream: [a:1, b:2], drain-timeout: 7, proxy-protocol-in: true}";
        assertThat(run(yaml, "--listen", "c:3", "--upstream", "d:4", "--proxy-protocol-in=false"))
                .as("%s", err)
                .isZero();
        assertThat(server.listen).isEqualTo("c:3");
        assertThat(server.upstreams).containsExactly("d:4");
        assertThat(server.drainTimeout).isEqualTo(7);
        assertThat(server.headerIn).isFalse();
    }

    @Test
    void saysNoTwiceWhereBothSayYes() throws IOException {
        assertThat(run("{listen: a:1, proxy-protocol-in: true}", "--proxy-protocol-in"))
                .isZero();
        assertThat(server.headerIn).isTrue();
    }

    @Test
    void leavesTheDefaultsOfWhatItDoesNotHold() throws IOException {
        assertThat(run("# nothing\n", "--listen", "a:1")).as("%s", err).isZero();
        assertThat(server.drainTimeout).isEqualTo(10);
        assertThat(server.upstreams).isNull();
    }

    @Test
    void isNotReadWhenNotNamed() {
        assertThat(execute("serve", "--listen", "a:1")).as("%s", err).isZero();
        assertThat(server.drainTimeout).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listen: a\\n  drain-timeuot: 3 | :2:16 (expected YAML): mapping values are not allowed here",
                "listen: a\\ndrain-timeuot: 3 | :2:1 (expected an option of top serve): there is no option"
                        + " 'drain-timeuot', did you mean 'drain-timeout'?",
                "upstreams: [a:1] | :1:1 (expected an option of top serve): there is no option 'upstreams', did you"
                        + " mean 'upstream'?",
                "--listen: a | :1:1 (expected an option of top serve): there is no option '--listen', did you mean"
                        + " 'listen'?",
                "something-else: 1 | :1:1 (expected an option of top serve): there is no option 'something-else'; there"
                        + " are drain-timeout, listen, proxy-protocol-in, upstream",
                "help: true | :1:1 (expected an option of top serve): there is no option 'help'; there are",
                "config: x.yaml | :1:1 (expected an option of top serve): there is no option 'config'; there are",
                "listen: a\\nlisten: b | :2:1 (expected each option once): 'listen' is there twice",
                "listen: [a, b] | :1:9 (expected one value): '--listen' takes no list",
                "listen: {a: b} | :1:9 (expected the option's value): this is no single value",
                "upstream: [[a]] | :1:12 (expected one of the option's values): this is no single value",
                "- listen | :1:1 (expected options and their values): this is no mapping of keys to values",
                "listen: a\\n---\\nlisten: b | :3:1 (expected one document): a second one begins here",
                "listen: 'a | :1:11 (expected YAML): found unexpected end of stream",
            })
    void saysInOneLineWhereAndWhatIsWrong(String yaml, String message) throws IOException {
        assertThat(run(yaml.replace("\\n", "\n"))).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("top serve: cannot read the options " + directory.resolve("o.yaml") + message)
                .endsWith("; fix: change it there; see top serve --help" + System.lineSeparator())
                .hasLineCount(1);
    }

    @Test
    void checksValuesAsIfTheyWereOnTheCommandLine() throws IOException {
        assertThat(run("{listen: a:1, drain-timeout: soon}")).isEqualTo(2);
        assertThat(err.toString())
                .contains("'--drain-timeout'", "'soon': give a whole number")
                .hasLineCount(1);
    }

    @Test
    void saysThatThereIsNoFile() {
        assertThat(execute("serve", "--config=" + directory.resolve("none.yaml")))
                .isEqualTo(2);
        assertThat(err.toString()).contains("(expected a regular file): there is no such file");
        assertThat(execute("serve", "--config", directory.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("(expected a regular file): it is of another kind");
    }

    @Test
    void refusesWhatIsNoUtf8AndWhatIsTooLong() throws IOException {
        Path file = directory.resolve("b.yaml");
        Files.write(file, "listen: \u00e4".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(execute("serve", "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("(expected UTF-8): it is in another encoding");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThat(execute("serve", "--config", file.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("(expected at most 1 MiB): it has more");
    }
}
