package io.fastsocket.affinity.tuning;

import java.util.List;
import java.util.Optional;

/**
 * What an apply found before it changed anything, and how far it came.
 *
 * @param id its name, unique within the directory, ascending in time
 * @param networkNamespace the inode of the namespace whose settings these are
 * @param bootId of the kernel that runs: after another boot, its settings are gone
 * @param state how far it came
 * @param interfaceNames the interfaces it was for
 * @param snapshot every setting the tool knows there and its value before
 * @param changed what it was to change, for people to read
 */
public record Journal(
        String id,
        String networkNamespace,
        String bootId,
        State state,
        List<String> interfaceNames,
        List<Kept> snapshot,
        List<String> changed) {
    /** How far an apply came. */
    public enum State {
        /** It has begun; if no process runs, it was killed in the middle. */
        APPLYING,
        /** All is set, and waits for somebody to say that it is well. */
        AWAITING_CONFIRMATION,
        /** All is set. */
        APPLIED,
        /** Putting back has begun; if no process runs, it was killed in the middle. */
        UNDOING,
        /** All was put back. */
        UNDONE
    }

    /**
     * A setting and its value before.
     *
     * @param value empty: there was no such file
     */
    public record Kept(Setting setting, Optional<String> value) {}

    public Journal {
        interfaceNames = List.copyOf(interfaceNames);
        snapshot = List.copyOf(snapshot);
        changed = List.copyOf(changed);
    }

    Journal in(State next) {
        return new Journal(id, networkNamespace, bootId, next, interfaceNames, snapshot, changed);
    }
}
