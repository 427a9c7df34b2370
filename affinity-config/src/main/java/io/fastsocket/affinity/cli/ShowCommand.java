package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.NicQueues;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fastsocket affinity show}: which CPU handles which queue, and who else has a say. */
@Command(
        name = "show",
        description =
                "Shows which CPU handles which queue of a network card, how the card chooses among them, and the loops"
                        + " of a running group. Needs no root.",
        footer = {
            "",
            "Examples:",
            "  fastsocket affinity show",
            "  fastsocket affinity show --interface eth0 --json",
            "  fastsocket affinity show --port 8080",
            "  fastsocket affinity show --watch"
        })
final class ShowCommand extends MachineCommand {
    private static final int SECONDS_MAX = 3600;

    @Option(
            names = {"-i", "--interface"},
            paramLabel = "NAME",
            description = "An interface; may be given again. Default: every one with queues but loopback.")
    private List<String> interfaceNames = List.of();

    @Option(names = "--json", description = "Prints everything as JSON, whole keys and tables included.")
    private boolean json;

    @Option(names = "--pid", paramLabel = "PID", description = "Also shows the loops and listeners of this process.")
    private @Nullable Integer pid;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Also shows the loops and listeners of the process that listens on this TCP port.")
    private @Nullable Integer port;

    @Option(
            names = "--watch",
            description =
                    "Shows what each CPU does for the network, again and again: interrupts of each queue, packets,"
                            + " softirqs.")
    private boolean watch;

    @Option(names = "--interval", paramLabel = "SECONDS", description = "Time between two looks. Default: 1.")
    private int intervalSeconds = 1;

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many looks. Default: never.")
    private int count = Integer.MAX_VALUE;

    @Override
    int run(SystemRoot root) throws InterruptedException {
        if (watch && json) {
            throw new CommandFailed(CommandFailed.WRONG_USAGE, "--watch has no --json; use the meters of the group");
        }
        if (intervalSeconds < 1 || intervalSeconds > SECONDS_MAX || count < 1) {
            throw new CommandFailed(CommandFailed.WRONG_USAGE, "--interval takes 1..3600 seconds, --count 1 or more");
        }
        List<String> names =
                interfaceNames.isEmpty() ? NicQueues.interfaces(root) : Interfaces.require(root, interfaceNames);
        if (watch) {
            return watch(root, names);
        }
        ShowReport report = ShowReport.read(root, names, running(root));
        out().println(json ? JsonText.indented(report.json()) : report.text());
        return 0;
    }

    private OptionalInt running(SystemRoot root) {
        if (pid != null) {
            return OptionalInt.of(pid);
        }
        return port == null ? OptionalInt.empty() : OptionalInt.of(RunningGroup.pidOfPort(root, port));
    }

    private int watch(SystemRoot root, List<String> names) throws InterruptedException {
        NetworkSample before = NetworkSample.read(root, names);
        for (int look = 0; look < count; look++) {
            // Nobody counts it down: the wait ends with the time, or with the process.
            new CountDownLatch(1).await(intervalSeconds, TimeUnit.SECONDS);
            NetworkSample after = NetworkSample.read(root, names);
            out().println(after.since(before));
            out().println();
            before = after;
        }
        return 0;
    }
}
