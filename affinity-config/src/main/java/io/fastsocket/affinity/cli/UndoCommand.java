package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.affinity.tuning.Journal;
import io.fastsocket.affinity.tuning.JournalDirectory;
import io.fastsocket.affinity.tuning.Restored;
import io.fastsocket.affinity.tuning.SystemTunables;
import io.fastsocket.affinity.tuning.Tuner;
import io.fastsocket.affinity.tuning.TuningException;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fastsocket affinity undo}: puts everything back as the last apply found it, however that one ended. */
@Command(
        name = "undo",
        description = "Puts everything back as apply found it. Needs root. Can be repeated.",
        footer = {
            "",
            "Examples:",
            "  fastsocket affinity undo",
            "  fastsocket affinity undo --list",
            "  fastsocket affinity undo --to 20261124T101500Z-000001"
        })
final class UndoCommand implements Callable<Integer> {
    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common = new CommonOptions();

    @Mixin
    private StateOption state = new StateOption();

    @Option(
            names = "--to",
            paramLabel = "ID",
            description = "Undoes this apply and all after it. Default: the newest one that was not undone.")
    private @Nullable String id;

    @Option(names = "--list", description = "Only lists what was applied.")
    private boolean list;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, TuningException {
        PrintWriter out = spec.commandLine().getOut();
        if (list) {
            TextTable table = TextTable.ofText("journal", "state", "interfaces", "changes");
            for (Journal journal : JournalDirectory.read(state.directory())) {
                table.row(
                        journal.id(),
                        journal.state(),
                        journal.interfaceNames(),
                        journal.changed().size());
            }
            out.println(table);
            return 0;
        }
        try (SystemRoot root = SystemRoot.live();
                JournalDirectory journals = state.open()) {
            Optional<Journal> journal = chosen(journals);
            if (journal.isEmpty()) {
                out.println("nothing to undo");
                return 0;
            }
            Tuner tuner = new Tuner(root, new SystemTunables(root), journals, Clock.systemUTC());
            for (Restored restored : tuner.undo(journal.get())) {
                out.println(restored.setting().name() + ": " + line(restored.was()) + " -> " + line(restored.now()));
            }
            out.println("undone (journal " + journal.get().id() + ")");
            return 0;
        }
    }

    private Optional<Journal> chosen(JournalDirectory journals) {
        if (id == null) {
            return journals.newest();
        }
        return Optional.of(journals.all().stream()
                .filter(journal -> journal.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new CommandFailed(
                        CommandFailed.WRONG_USAGE, "there is no journal '" + id + "'; see undo --list")));
    }

    private static String line(Optional<String> value) {
        return value.map(text -> "\"" + text.strip().replaceAll("\\s+", " ") + "\"")
                .orElse("nothing");
    }
}
