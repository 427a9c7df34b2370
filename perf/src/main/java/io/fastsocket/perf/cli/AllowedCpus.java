package io.fastsocket.perf.cli;

import java.util.List;
import net.openhft.affinity.Affinity;

/** The CPUs this process may run on, in ascending order: where a load can be pinned to. */
final class AllowedCpus {
    private AllowedCpus() {}

    static List<Integer> ofThisThread() {
        return Affinity.getAffinity().stream().boxed().toList();
    }
}
