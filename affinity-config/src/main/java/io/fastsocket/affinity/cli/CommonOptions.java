package io.fastsocket.affinity.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** What every command understands; a mixin of picocli's. */
public final class CommonOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    @SuppressWarnings("unused") // read by picocli
    private boolean help;

    /** For picocli. */
    public CommonOptions() {}

    @Option(
            names = {"-v", "--verbose"},
            description = "Logs what was chosen and why, on standard error.")
    void setVerbose(boolean verbose) {
        if (verbose && LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
            root.setLevel(Level.INFO);
        }
    }
}
