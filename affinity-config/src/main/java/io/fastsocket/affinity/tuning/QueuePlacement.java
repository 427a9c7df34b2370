package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.Channels;
import io.fastsocket.affinity.Cpu;
import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.Layout;
import io.fastsocket.affinity.LoopPlacement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which CPUs process each receive queue of a card: one for its interrupt, and more where receive packet steering spreads it.
 * No two queues share a CPU before every CPU has a queue.
 *
 * @param shares for each queue the CPUs that process its packets, the interrupt's first in the order of choice
 * @param irqCpus for each queue the CPU that its interrupt goes to
 */
record QueuePlacement(List<CpuSet> shares, List<Integer> irqCpus) {
    static QueuePlacement of(MachineView.Nic nic, CpuTopology topology, TuningWish wish) {
        List<Integer> cpus = candidates(nic.queues().numaNode(), topology, wish);
        boolean spread = wish.rps() == TuningWish.Rps.ON || (wish.rps() == TuningWish.Rps.AUTO && nic.isDevice());
        List<Integer> irqCpus = new ArrayList<>();
        Map<Integer, Integer> fixed =
                wish.layout().map(QueuePlacement::cpuByQueue).orElse(Map.of());
        int queues = queuesWanted(nic, cpus.size(), fixed);
        for (int queue = 0; queue < queues; queue++) {
            irqCpus.add(fixed.getOrDefault(queue, cpus.get(queue % cpus.size())));
        }
        return new QueuePlacement(shares(irqCpus, spread ? cpus : List.of(), topology), List.copyOf(irqCpus));
    }

    int queues() {
        return shares.size();
    }

    /** Whether packets of a queue go to more CPUs than its interrupt does. */
    boolean isSpread(int queue) {
        return shares.get(queue).size() > 1;
    }

    boolean isSpread() {
        return shares.stream().anyMatch(share -> share.size() > 1);
    }

    /** All CPUs that process packets. */
    CpuSet cpus() {
        return shares.stream().reduce(CpuSet.empty(), CpuSet::union);
    }

    /** The CPUs to serve, the best first: near the card, a core's first CPU before its second. */
    private static List<Integer> candidates(int numaNode, CpuTopology topology, TuningWish wish) {
        if (wish.layout().isPresent()) {
            return wish.layout().get().loops().stream().map(LoopPlacement::cpu).toList();
        }
        CpuSet firstOfCore = topology.physicalCores().stream()
                .map(core -> CpuSet.of(core.first()))
                .reduce(CpuSet.empty(), CpuSet::union);
        CpuSet free = topology.online().minus(topology.isolated());
        CpuSet usable = free.isEmpty() ? topology.online() : free;
        Comparator<Cpu> nearFirst = Comparator.comparing(cpu -> numaNode >= 0 && cpu.numaNode() != numaNode);
        return topology.cpus().stream()
                .filter(cpu -> usable.contains(cpu.cpu()))
                .filter(cpu -> !wish.onePerCore() || firstOfCore.contains(cpu.cpu()))
                .sorted(nearFirst
                        .thenComparing(cpu -> !firstOfCore.contains(cpu.cpu()))
                        .thenComparing(Cpu::cpu))
                .map(Cpu::cpu)
                .toList();
    }

    private static Map<Integer, Integer> cpuByQueue(Layout layout) {
        Map<Integer, Integer> cpus = new HashMap<>();
        for (LoopPlacement loop : layout.loops()) {
            loop.rxQueues().forEach(queue -> cpus.putIfAbsent(queue, loop.cpu()));
        }
        return cpus;
    }

    /** One queue per CPU where the card has that many, else what it has; what it has now where that cannot be changed. */
    private static int queuesWanted(MachineView.Nic nic, int cpus, Map<Integer, Integer> fixed) {
        int now = nic.queues().rx().size();
        int max =
                nic.queues().channels().toOptional().map(Channels::rxQueuesMax).orElse(0);
        if (max == 0 || !nic.isDevice()) {
            return now;
        }
        int wanted = fixed.keySet().stream().mapToInt(queue -> queue + 1).max().orElse(cpus);
        return Math.max(1, Math.min(max, wanted));
    }

    /** Each CPU that has no queue joins a queue on its memory node, the one with the fewest CPUs. */
    private static List<CpuSet> shares(List<Integer> irqCpus, List<Integer> cpus, CpuTopology topology) {
        Map<Integer, Integer> nodes = new HashMap<>();
        topology.cpus().forEach(cpu -> nodes.put(cpu.cpu(), cpu.numaNode()));
        List<CpuSet> shares = new ArrayList<>(irqCpus.stream().map(CpuSet::of).toList());
        for (int cpu : cpus) {
            if (!irqCpus.contains(cpu) && !shares.isEmpty()) {
                int joined = IntStream.range(0, shares.size())
                        .boxed()
                        .min(Comparator.<Integer, Boolean>comparing(queue -> !nodes.getOrDefault(irqCpus.get(queue), -1)
                                        .equals(nodes.getOrDefault(cpu, -1)))
                                .thenComparing(queue -> shares.get(queue).size()))
                        .orElseThrow();
                shares.set(joined, shares.get(joined).union(CpuSet.of(cpu)));
            }
        }
        return List.copyOf(shares);
    }
}
