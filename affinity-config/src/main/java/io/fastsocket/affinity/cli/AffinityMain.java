package io.fastsocket.affinity.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;

/**
 * The entry point behind {@code ./fastsocket affinity}.
 *
 * <p>Data goes to standard output, messages to standard error, one line each. Exit code 0: done, 1: failed or drift found, 2:
 * wrong usage.
 */
public final class AffinityMain {
    private AffinityMain() {}

    /** Runs one command and exits the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(run(new PrintWriter(System.out, true, UTF_8), new PrintWriter(System.err, true, UTF_8), args));
    }

    /** Runs one command and answers its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return OneLineErrors.on(AffinityCommand.commands()
                        .setCommandName("fastsocket affinity")
                        .setOut(out)
                        .setErr(err))
                .execute(args);
    }
}
