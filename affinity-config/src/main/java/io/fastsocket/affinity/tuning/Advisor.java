package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.Layout;
import io.fastsocket.affinity.LoopPlacement;
import io.fastsocket.affinity.NicIrq;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Compares a machine with what it should be, rule by rule. Used by one thread. */
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
        return find(wish).all();
    }

    /** Every setting that exists here and the value it should have, whether it has it or not, in the same order. */
    public List<Change> wanted(TuningWish wish) {
        return find(wish).wanted();
    }

    private Findings find(TuningWish wish) {
        MachineView machine = MachineView.read(root, tunables, wish);
        Findings findings = new Findings(machine);
        for (MachineView.Nic nic : machine.nics()) {
            QueuePlacement placement = QueuePlacement.of(nic, machine.topology(), wish);
            CardRules card = new CardRules(nic, placement, wish, findings);
            card.channelCount();
            card.rssTable();
            new IrqRules(nic, placement, findings).check();
            new SteeringRules(nic, placement, findings).check();
            card.hashFields();
            card.hashFunction();
            card.ntupleRules();
            card.coalescing();
        }
        wish.layout().ifPresent(layout -> LayoutRule.check(layout, machine, findings));
        IrqbalanceRules.check(machine, findings);
        SystemRules.check(machine, wish, findings);
        return findings;
    }

    /** Every setting that a plan for these interfaces may touch and that exists now: what undo restores. */
    public List<Setting> settings(TuningWish wish) {
        MachineView machine = MachineView.read(root, tunables, wish);
        Set<Setting> settings = new LinkedHashSet<>();
        for (MachineView.Nic nic : machine.nics()) {
            settings.add(new Setting.ChannelCount(nic.name()));
            settings.add(new Setting.IndirectionTable(nic.name()));
            settings.add(new Setting.InterruptCoalescing(nic.name()));
            for (NicIrq irq : nic.queues().irqs()) {
                if (!irq.managed()) {
                    settings.add(IrqRules.setting(irq));
                }
            }
            settings.addAll(SteeringRules.settings(nic));
        }
        settings.add(new Setting.IrqbalanceBans());
        machine.irqbalance().configFile().ifPresent(file -> settings.add(new Setting.ConfigFile(file)));
        settings.addAll(SystemRules.settings());
        return settings.stream()
                .filter(setting -> setting instanceof Setting.ConfigFile
                        || tunables.read(setting).toOptional().isPresent())
                .toList();
    }

    /** The loops that go with the plan: one on each CPU that will process packets, with its queues of the first interface. */
    public Layout layout(TuningWish wish) {
        if (wish.layout().isPresent()) {
            return wish.layout().get();
        }
        MachineView machine = MachineView.read(root, tunables, wish);
        MachineView.Nic nic = machine.nics().get(0);
        QueuePlacement placement = QueuePlacement.of(nic, machine.topology(), wish);
        TreeMap<Integer, List<Integer>> queuesByCpu = new TreeMap<>();
        for (int queue = 0; queue < placement.queues(); queue++) {
            for (int cpu : placement.shares().get(queue)) {
                queuesByCpu.computeIfAbsent(cpu, unused -> new ArrayList<>()).add(queue);
            }
        }
        CpuSet cpus = placement.cpus();
        List<LoopPlacement> loops = new ArrayList<>();
        for (int cpu : cpus) {
            loops.add(new LoopPlacement(loops.size(), cpu, queuesByCpu.getOrDefault(cpu, List.of())));
        }
        return new Layout(Optional.of(nic.name()), loops);
    }
}
