package io.fastsocket.examples.cli;

import java.net.InetSocketAddress;
import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say where a server listens and what it says about itself. */
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class ListenOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "0.0.0.0",
            description = "Address, host name or network interface (its first address) to listen on;"
                    + " default 0.0.0.0: all, on epoll and io_uring those of IPv6 too.")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "8080",
            description = "Port, 0 to 65535; default 8080. 0: a free one, see the line that says what it is.")
    private int port;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Connections each listener may hold before they are accepted; default 4096. The kernel lowers"
                    + " it to net.core.somaxconn.")
    private int backlog;

    @Option(
            names = "--idle-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Closes a connection on which nothing moves for this long; default 60, 0: never.")
    private long idleTimeoutSeconds;

    @Option(names = "--print-plan", description = "Prints which loop runs where and what was chosen, then serves.")
    private boolean printPlan;

    @Option(
            names = "--json",
            description = "With --print-plan: as one JSON object {listening, engine, loops: [{loop, cpu,"
                    + " listener}], capabilities: [{name, chosen, whyNotMore}]}, null for none.")
    private boolean json;

    boolean printPlan() {
        return printPlan;
    }

    boolean json() {
        return json;
    }

    int backlog() {
        require(backlog > 0, "--backlog", backlog, "1 or more");
        return backlog;
    }

    Duration idleTimeout() {
        require(
                idleTimeoutSeconds >= 0 && idleTimeoutSeconds <= 86_400,
                "--idle-timeout",
                idleTimeoutSeconds,
                "0 to 86400");
        return Duration.ofSeconds(idleTimeoutSeconds);
    }

    InetSocketAddress address() {
        require(port >= 0 && port <= 65_535, "--port", port, "0 to 65535");
        return new InetSocketAddress(HostAddress.of(host), port);
    }

    private void require(boolean holds, String option, long value, String expected) {
        if (!holds) {
            throw new ParameterException(command.commandLine(), option + " " + value + ": give " + expected);
        }
    }
}
