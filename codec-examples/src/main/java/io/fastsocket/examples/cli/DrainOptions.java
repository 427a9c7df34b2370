package io.fastsocket.examples.cli;

import io.fastsocket.examples.metrics.MetricsServer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how a server ends, and its end. */
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class DrainOptions {
    private static final long SECONDS_MAX = 86_400;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--drain-timeout",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description =
                    "How long what has begun may go on after SIGTERM before it is reset; default 20, 0: not at all.")
    private long drainSeconds;

    @Option(
            names = "--lame-duck",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "How long after SIGTERM it goes on to listen and serve, /readyz saying 503, so that load"
                    + " balancers can look away first; default 0.")
    private long lameDuckSeconds;

    /** A server that listens. */
    interface Server {
        /** From now on clients are told to go elsewhere. */
        void lameDuck();

        /** Ends it, at the bound or when told to by the other; answers how many connections were reset. */
        int stop(Duration bound, CompletionStage<?> atOnce) throws InterruptedException;
    }

    /** Before anything is started: complains about values that are out of range, and has at hand what the end needs. */
    void prepare() {
        require("--drain-timeout", drainSeconds);
        require("--lame-duck", lameDuckSeconds);
        Classes.load();
    }

    private void require(String option, long value) {
        if (value < 0 || value > SECONDS_MAX) {
            throw new ParameterException(command.commandLine(), option + " " + value + ": give 0 to " + SECONDS_MAX);
        }
    }

    /** Is ready until the signal comes; then lame, then draining, and says what was cut. A second signal ends both at once. */
    void serve(StopSignal stop, Optional<MetricsServer> metrics, Server server) throws InterruptedException {
        stop.allow(Duration.ofSeconds(lameDuckSeconds + drainSeconds));
        metrics.ifPresent(shown -> shown.ready(true));
        stop.await();
        metrics.ifPresent(shown -> shown.ready(false));
        if (lameDuckSeconds > 0) {
            server.lameDuck();
            stop.awaitAtOnce(Duration.ofSeconds(lameDuckSeconds));
        }
        int cut = server.stop(Duration.ofSeconds(drainSeconds), stop.atOnce());
        if (cut > 0) {
            String when = stop.isAtOnce() ? "at the second signal" : "after " + drainSeconds + " s";
            command.commandLine()
                    .getErr()
                    .println("stopped: " + cut + (cut == 1 ? " connection" : " connections") + " that had not ended "
                            + when + (cut == 1 ? " was reset" : " were reset"));
        }
    }
}
