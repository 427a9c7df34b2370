package io.fastsocket.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fastsocket.affinity.cli.AffinityCommand;
import io.fastsocket.affinity.cli.OneLineErrors;
import java.io.PrintWriter;
import picocli.CommandLine;

/**
 * The entry point behind the launcher {@code ./fastsocket}.
 *
 * <p>Data goes to standard output, messages to standard error, one line each. Exit code 0: done, 1: failed, 2: wrong
 * usage.
 */
public final class Main {
    private Main() {}

    /** Runs one command and exits the JVM with its exit code. */
    public static void main(String[] args) {
        StopSignal stop = StopSignal.ofProcess();
        int exitCode =
                run(stop, new PrintWriter(System.out, true, UTF_8), new PrintWriter(System.err, true, UTF_8), args);
        stop.exit(exitCode);
    }

    /**
     * Runs one command and answers its exit code.
     *
     * @param stop ends a command that serves
     * @param out takes the data
     * @param err takes the messages
     */
    static int run(StopSignal stop, PrintWriter out, PrintWriter err, String... args) {
        CommandLine commands = new CommandLine(new FastSocketCommand())
                .addSubcommand(new HttpCommand(stop))
                .addSubcommand(new ProxyCommand(stop))
                .addSubcommand(new EchoCommand(stop))
                .addSubcommand(new TcpProxyCommand(stop))
                .addSubcommand(new DemoCommand())
                .addSubcommand(AffinityCommand.commands())
                .addSubcommand(new BenchCommand())
                .setOut(out)
                .setErr(err);
        return OneLineErrors.on(commands).execute(args);
    }
}
