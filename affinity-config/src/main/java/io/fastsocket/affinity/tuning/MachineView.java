package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.Irqbalance;
import io.fastsocket.affinity.NicQueues;
import io.fastsocket.affinity.RssConfig;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.List;

/** Everything the rules look at, read once, so that they see one machine. */
record MachineView(SystemRoot root, CpuTopology topology, List<Nic> nics, Irqbalance irqbalance, Tunables tunables) {
    /** One interface. */
    record Nic(NicQueues queues, RssConfig rss) {
        String name() {
            return queues.interfaceName();
        }

        /** Whether packets come from a device, and were not steered by another interface below. */
        boolean isDevice() {
            return queues.device().isPresent();
        }
    }

    static MachineView read(SystemRoot root, Tunables tunables, TuningWish wish) {
        return new MachineView(
                root,
                CpuTopology.read(root),
                wish.interfaceNames().stream()
                        .map(name -> new Nic(NicQueues.read(root, name), RssConfig.read(root, name)))
                        .toList(),
                Irqbalance.read(root),
                tunables);
    }
}
