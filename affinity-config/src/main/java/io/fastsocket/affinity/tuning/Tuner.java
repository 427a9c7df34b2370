package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.affinity.tuning.Journal.Kept;
import io.fastsocket.affinity.tuning.Journal.State;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Carries a plan out, and brings the machine back. Used by one thread, with the lock of a {@link JournalDirectory}. */
public final class Tuner {
    /** New queues bring new interrupts, which are planned then; no plan needs a third round. */
    private static final int ROUNDS_MAX = 3;

    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final SystemRoot root;
    private final Tunables tunables;
    private final JournalDirectory journals;
    private final Clock clock;
    private final Steps steps;

    public Tuner(SystemRoot root, Tunables tunables, JournalDirectory journals, Clock clock) {
        this(root, tunables, journals, clock, Steps.NONE);
    }

    Tuner(SystemRoot root, Tunables tunables, JournalDirectory journals, Clock clock, Steps steps) {
        this.root = root;
        this.tunables = tunables;
        this.journals = journals;
        this.clock = clock;
        this.steps = steps;
    }

    // ---- apply

    /**
     * Makes every change the wish leads to. What is right already is not written; when nothing is left, there is no journal.
     *
     * @param end the state it ends in: {@link State#APPLIED} or {@link State#AWAITING_CONFIRMATION}
     * @return the journal; empty where there was nothing to do
     * @throws TuningException if a step failed; what was changed until then was put back
     */
    public Optional<Journal> apply(TuningWish wish, State end) throws TuningException {
        Advisor advisor = new Advisor(root, tunables);
        List<Change> changes = changes(advisor, wish);
        if (changes.isEmpty()) {
            return Optional.empty();
        }
        requireNoneInTheMiddle();
        Journal journal = begin(advisor, wish, changes);
        journals.write(journal);
        try {
            // From here on the machine changes.
            for (int round = 0; round < ROUNDS_MAX && !changes.isEmpty(); round++) {
                carryOut(changes);
                changes = changes(advisor, wish);
            }
        } catch (TuningException | RuntimeException e) {
            throw rolledBack(journal, e);
        }
        Journal done = journal.in(end);
        journals.write(done);
        return Optional.of(done);
    }

    private static List<Change> changes(Advisor advisor, TuningWish wish) {
        return advisor.advise(wish).stream()
                .flatMap(finding -> finding.change().stream())
                .toList();
    }

    /** New queues first: what they have is planned when they are there. */
    private void carryOut(List<Change> changes) throws TuningException {
        boolean newQueues = changes.stream().anyMatch(change -> change.setting() instanceof Setting.ChannelCount);
        for (Change change : changes) {
            boolean first = change.setting() instanceof Setting.ChannelCount
                    || change.setting() instanceof Setting.IndirectionTable;
            if (first || !newQueues) {
                steps.before("set " + change.setting().name());
                tunables.write(change.setting(), Optional.of(change.to()));
            }
        }
    }

    private void requireNoneInTheMiddle() throws TuningException {
        for (Journal journal : journals.all()) {
            if (journal.state() != State.APPLIED && journal.state() != State.UNDONE) {
                throw new TuningException(
                        "cannot apply: journal=" + journal.id() + " state=" + journal.state()
                                + " (expected APPLIED or UNDONE): an earlier apply or undo was ended in the middle; fix: affinity undo");
            }
        }
    }

    private Journal begin(Advisor advisor, TuningWish wish, List<Change> changes) throws TuningException {
        List<Kept> snapshot = new ArrayList<>();
        for (Setting setting : advisor.settings(wish)) {
            Answer<String> now = tunables.read(setting);
            if (now instanceof Answer.Failed<String> failed) {
                throw new TuningException("cannot apply: " + setting.name()
                        + " is not known, so it could not be put back: " + failed.why());
            }
            snapshot.add(new Kept(setting, now.toOptional()));
        }
        return new Journal(
                newId(),
                namespace(),
                bootId(),
                State.APPLYING,
                wish.interfaceNames(),
                snapshot,
                changes.stream().map(ShellScript::command).toList());
    }

    private String newId() {
        String time = ID.format(clock.instant());
        List<Journal> all = journals.all();
        int next = 1;
        for (Journal journal : all) {
            next = Math.max(
                    next, Integer.parseInt(journal.id().substring(journal.id().indexOf('-') + 1)) + 1);
        }
        return String.format("%s-%06d", time, next);
    }

    private TuningException rolledBack(Journal journal, Exception cause) {
        String failed = String.valueOf(cause.getMessage());
        try {
            undo(journal);
            return new TuningException(failed + " (all was put back as it was)", cause);
        } catch (TuningException notAll) {
            return new TuningException(failed + "; " + notAll.getMessage(), cause);
        }
    }

    // ---- undo

    /**
     * Puts everything back that this journal found, after what later ones found, the newest first.
     *
     * @return what was put back, with the values that were there
     * @throws TuningException if a journal is of another network namespace, or something could not be put back
     */
    public List<Restored> undo(Journal journal) throws TuningException {
        List<Restored> restored = new ArrayList<>();
        List<Journal> newestFirst = new ArrayList<>(journals.all());
        Collections.reverse(newestFirst);
        for (Journal later : newestFirst) {
            if (later.state() != State.UNDONE && later.id().compareTo(journal.id()) >= 0) {
                restored.addAll(undoOne(later));
            }
        }
        return List.copyOf(restored);
    }

    private List<Restored> undoOne(Journal journal) throws TuningException {
        if (!journal.networkNamespace().equals(namespace())) {
            throw new TuningException(
                    "cannot undo: journal=" + journal.id() + " is of network namespace "
                            + journal.networkNamespace() + " (this is " + namespace()
                            + "): settings of the same names there are others; fix: run it there, for example by ip netns exec");
        }
        boolean rebooted = !journal.bootId().equals(bootId());
        // A boot has put the kernel's settings back; files stay.
        List<Kept> snapshot = journal.snapshot().stream()
                .filter(kept -> !rebooted || kept.setting() instanceof Setting.ConfigFile)
                .toList();
        boolean goesOn = journal.state() == State.UNDOING;
        journals.write(journal.in(State.UNDOING));
        List<Restored> restored = new Restore(tunables, steps, goesOn).to(snapshot);
        journals.write(journal.in(State.UNDONE));
        return restored;
    }

    /** Marks an apply that waited as wanted. */
    public void confirm(Journal journal) throws TuningException {
        journals.write(journal.in(State.APPLIED));
    }

    private String namespace() {
        return root.linkName("/proc/self/ns/net").toOptional().orElse("unknown");
    }

    private String bootId() {
        return root.value("/proc/sys/kernel/random/boot_id").toOptional().orElse("unknown");
    }
}
