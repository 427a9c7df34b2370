package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.affinity.tuning.Confirmation;
import io.fastsocket.affinity.tuning.Journal;
import io.fastsocket.affinity.tuning.Journal.State;
import io.fastsocket.affinity.tuning.JournalDirectory;
import io.fastsocket.affinity.tuning.SystemTunables;
import io.fastsocket.affinity.tuning.Tuner;
import io.fastsocket.affinity.tuning.TuningException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fastsocket affinity apply}: makes the changes of a plan, with the way back on disk before the first one. */
@Command(
        name = "apply",
        description = "Makes the changes that plan prints. Needs root. What is right already is left alone; when a step"
                + " fails, all is put back.",
        footer = {
            "",
            "Examples:",
            "  fastsocket affinity apply --interface eth0 --yes",
            "  fastsocket affinity apply --for proxy --yes --confirm-within 60",
            "  fastsocket affinity apply --confirm"
        })
final class ApplyCommand implements Callable<Integer> {
    private static final int CONFIRM_SECONDS_MAX = 3600;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common = new CommonOptions();

    @Mixin
    private WishOptions wishOptions = new WishOptions();

    @Mixin
    private StateOption state = new StateOption();

    @Option(names = "--yes", description = "Changes this machine; without it nothing is changed.")
    private boolean yes;

    @Option(
            names = "--confirm-within",
            paramLabel = "SECONDS",
            description = "Puts everything back after so many seconds, 1 to 3600, unless you press Enter, or run apply"
                    + " --confirm in another session, before.")
    private int confirmSeconds;

    @Option(names = "--confirm", description = "Keeps what an apply that waits has changed.")
    private boolean confirm;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, TuningException {
        if (confirm) {
            Confirmation.give(state.directory());
            return 0;
        }
        if (!yes) {
            throw new CommandFailed(
                    CommandFailed.WRONG_USAGE,
                    "nothing was changed; look at `fastsocket affinity plan`, then give --yes");
        }
        if (confirmSeconds < 0 || confirmSeconds > CONFIRM_SECONDS_MAX) {
            throw new CommandFailed(
                    CommandFailed.WRONG_USAGE, "--confirm-within " + confirmSeconds + " (expected 1..3600)");
        }
        try (SystemRoot root = SystemRoot.live();
                JournalDirectory journals = state.open()) {
            Tuner tuner = new Tuner(root, new SystemTunables(root), journals, Clock.systemUTC());
            State end = confirmSeconds > 0 ? State.AWAITING_CONFIRMATION : State.APPLIED;
            Optional<Journal> journal = tuner.apply(wishOptions.wish(root), end);
            if (journal.isEmpty()) {
                out().println("nothing to change");
                return 0;
            }
            journal.get().changed().forEach(out()::println);
            return confirmSeconds > 0 ? await(tuner, journals, journal.get()) : done(journal.get());
        }
    }

    private int done(Journal journal) {
        out().println("applied; the way back: fastsocket affinity undo (journal " + journal.id() + ")");
        return 0;
    }

    private int await(Tuner tuner, JournalDirectory journals, Journal journal) throws TuningException {
        spec.commandLine()
                .getErr()
                .println("press Enter, or run `fastsocket affinity apply --confirm`, within " + confirmSeconds
                        + " s to keep this");
        Confirmation confirmation = new Confirmation(journals, journal, System.in, Duration.ofSeconds(confirmSeconds));
        if (confirmation.await(() -> tuner.undo(journal))) {
            tuner.confirm(journal);
            return done(journal);
        }
        tuner.undo(journal);
        throw new CommandFailed(CommandFailed.FAILED, "nobody confirmed; all was put back as it was");
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
