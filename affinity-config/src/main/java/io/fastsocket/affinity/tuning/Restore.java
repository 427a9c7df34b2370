package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.tuning.Journal.Kept;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Drives the system to a snapshot; writes only what differs, so it can be repeated from any point. */
final class Restore {
    private final Tunables tunables;
    private final Steps steps;
    private final List<Restored> restored = new ArrayList<>();
    private boolean newQueues;

    /** @param goesOn whether an earlier one was killed in the middle: nobody knows what it had written by then */
    Restore(Tunables tunables, Steps steps, boolean goesOn) {
        this.tunables = tunables;
        this.steps = steps;
        this.newQueues = goesOn;
    }

    /**
     * Restores all of it, as far as it goes.
     *
     * @throws TuningException if something could not be put back; all else was
     */
    List<Restored> to(List<Kept> snapshot) throws TuningException {
        List<String> failures = new ArrayList<>();
        // The kernel refuses fewer queues than the table names, and drivers make a new table for new queues.
        pass(snapshot, Setting.IndirectionTable.class::isInstance, new ArrayList<>());
        pass(snapshot, Setting.ChannelCount.class::isInstance, failures);
        pass(snapshot, setting -> !(setting instanceof Setting.ChannelCount), failures);
        if (!failures.isEmpty()) {
            throw new TuningException("not all could be put back: " + String.join("; ", failures));
        }
        return List.copyOf(restored);
    }

    private void pass(List<Kept> snapshot, Predicate<Setting> kind, List<String> failures) {
        for (Kept kept : snapshot) {
            if (kind.test(kept.setting())) {
                try {
                    restore(kept);
                } catch (TuningException e) {
                    failures.add(String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private void restore(Kept kept) throws TuningException {
        Answer<String> now = tunables.read(kept.setting());
        if (!now.toOptional().equals(kept.value())) {
            steps.before("restore " + kept.setting().name());
            tunables.write(kept.setting(), kept.value());
            restored.add(new Restored(kept.setting(), now.toOptional(), kept.value()));
            newQueues |= kept.setting() instanceof Setting.ChannelCount;
        } else if (newQueues && kept.setting() instanceof Setting.IndirectionTable) {
            // Some drivers drop the table from the card with the old queues, and still answer it.
            steps.before("restore " + kept.setting().name());
            tunables.write(kept.setting(), kept.value());
        }
    }
}
