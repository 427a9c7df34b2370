package io.fastsocket.perf.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.affinity.cli.OneLineErrors;
import io.fastsocket.perf.lab.FlowBed;
import io.fastsocket.perf.lab.FlowPeer;
import io.fastsocket.perf.server.ChildProcesses;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fastsocket lab}: flow delivery on test beds that need no special hardware. */
@Command(
        name = "fastsocket lab",
        description = {
            "Shows flow delivery at work on a bed that needs no special hardware, and checks its figures.",
            "Beds: rss, a virtual machine whose card has receive side scaling; crossing, the same, only for the shares of connections"
                    + " that are local by chance and with the transport; learned, a virtual card of which nothing is"
                    + " known; portbits, an XDP program that delivers by bits of the port, in native and in generic mode.",
            "Needs root. Installs the Debian packages it needs, and leaves nothing behind but them."
        },
        footer = {
            "",
            "Exit codes: 0 every figure was reached, 1 one was not, or the bed failed, 2 wrong usage.",
            "",
            "JSON: [{bed, engine, queues, phases: [..], checks: [{what, expected, actual, passed}]}]",
            "",
            "Examples:",
            "  fastsocket lab portbits",
            "  fastsocket lab rss --queues 8 --connections 4000 --json",
            "  fastsocket lab crossing --queues 2,4,8 --connections 1000"
        },
        sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the command and the mixins
public final class Lab implements Callable<Integer> {
    private static final int QUEUES_MAX = 32;
    private static final int CONNECTIONS_MIN = 400;
    /** Under emulation, a virtual machine takes minutes for some ten thousand connections. */
    private static final int SECONDS_MAX = 1500;

    /** The beds. */
    enum Bed {
        RSS,
        CROSSING,
        LEARNED,
        PORTBITS;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(paramLabel = "BED", description = "rss, crossing, learned or portbits.")
    private String bedName;

    @Option(
            names = "--queues",
            split = ",",
            paramLabel = "N",
            description =
                    "Of the virtual machine's card, and its CPUs; 2 to 32. Several, comma-separated: one machine after the"
                            + " other. Default: 8.")
    private List<Integer> queues = List.of(8);

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Of each of the main phases; 400 or more. Default: ${DEFAULT-VALUE}.")
    private int connections = 4000;

    @Option(names = "--engine", paramLabel = "NAME", description = "io_uring or epoll. Default: ${DEFAULT-VALUE}.")
    private String engine = "io_uring";

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    /** A command with every option at its default. */
    public Lab() {}

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(OneLineErrors.on(new CommandLine(new Lab())).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Bed bed = bed();
        for (int number : queues) {
            require(number >= 2 && number <= QUEUES_MAX, "--queues", number, "2 to " + QUEUES_MAX);
        }
        require(connections >= CONNECTIONS_MIN, "--connections", connections, CONNECTIONS_MIN + " or more");
        if (!engine.equals("io_uring") && !engine.equals("epoll")) {
            throw new ParameterException(spec.commandLine(), "--engine " + engine + ": give io_uring or epoll");
        }
        Path root = repository();
        List<JsonNode> reports = new ArrayList<>();
        try (ChildProcesses children = new ChildProcesses()) {
            install(root, children);
            for (List<String> command : commands(bed, root)) {
                reports.add(run(command, children));
            }
        }
        return print(reports) ? 0 : 1;
    }

    private Bed bed() {
        for (Bed bed : Bed.values()) {
            if (bed.label().equals(bedName)) {
                return bed;
            }
        }
        throw new ParameterException(
                spec.commandLine(), "BED '" + bedName + "': give rss, crossing, learned or portbits");
    }

    private void require(boolean holds, String option, long value, String expected) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), option + " " + value + ": give " + expected);
        }
    }

    private static Path repository() {
        String root = System.getProperty("fastsocket.root");
        if (root == null || !Files.isExecutable(Path.of(root, "perf/lab/qemu-rss"))) {
            throw new CommandFailed(
                    CommandFailed.FAILED,
                    "the beds are not there: fastsocket.root=" + root
                            + " (expected a checkout with perf/lab); fix: start it as ./fastsocket lab of a checkout");
        }
        return Path.of(root);
    }

    private void install(Path root, ChildProcesses children) throws IOException, InterruptedException {
        Process packages =
                children.start(new ProcessBuilder(root.resolve(".ci/packages").toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.INHERIT));
        if (packages.waitFor() != 0) {
            throw new CommandFailed(
                    CommandFailed.FAILED,
                    "the packages that the beds need cannot be installed; fix: see above, or run as root");
        }
    }

    /** One run of a bed each. */
    private List<List<String>> commands(Bed bed, Path root) {
        String lab = root.resolve("perf/lab").toString();
        String peer = String.join(" ", quoted(java(FlowPeer.class.getName())));
        return switch (bed) {
            case RSS, CROSSING ->
                queues.stream()
                        .map(number -> concat(
                                List.of(lab + "/qemu-rss", "--queues", number.toString()),
                                List.of("--timeout", Integer.toString(SECONDS_MAX), "--peer", peer, "--"),
                                inside(bed, number)))
                        .toList();
            case LEARNED ->
                List.of(concat(List.of(lab + "/two-namespaces", "--peer", peer, "--"), inside(bed, queues.get(0))));
            case PORTBITS ->
                List.of(
                        concat(List.of(lab + "/two-namespaces", "--peer", peer, "--"), inside(bed, queues.get(0))),
                        concat(
                                List.of(lab + "/two-namespaces", "--bridge", "--peer", peer, "--"),
                                inside(bed, queues.get(0))));
        };
    }

    private List<String> inside(Bed bed, int number) {
        return java(
                FlowBed.class.getName(), bed.label(), engine, Integer.toString(connections), Integer.toString(number));
    }

    private static List<String> java(String... mainAndArguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(mainAndArguments));
        return command;
    }

    private static List<String> quoted(List<String> words) {
        return words.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .toList();
    }

    @SafeVarargs
    private static List<String> concat(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    private JsonNode run(List<String> command, ChildProcesses children) throws IOException, InterruptedException {
        Process bed = children.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
        bed.getOutputStream().close();
        String output = new String(bed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (bed.waitFor() != 0) {
            throw new CommandFailed(
                    CommandFailed.FAILED,
                    "the bed failed: " + command.get(0) + ": exit code " + bed.exitValue() + "; fix: see above");
        }
        int start = output.indexOf('{');
        return new ObjectMapper().readTree(start < 0 ? output : output.substring(start));
    }

    private boolean print(List<JsonNode> reports) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        boolean passed = true;
        if (json) {
            out.println(new ObjectMapper()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .writeValueAsString(reports));
        }
        for (JsonNode report : reports) {
            String machine = queues.size() > 1 ? report.path("queues").asText() + " queues, " : "";
            for (JsonNode check : report.path("checks")) {
                boolean holds = check.path("passed").asBoolean();
                passed &= holds;
                if (!json) {
                    out.printf(
                            "%-4s  %s%s: %s (expected %s)%n",
                            holds ? "ok" : "FAIL",
                            machine,
                            check.path("what").asText(),
                            check.path("actual").asText(),
                            check.path("expected").asText());
                }
            }
        }
        return passed;
    }
}
