package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** {@link PlacementPolicy#followRxQueues(String)}. */
record FollowRxQueues(String interfaceName, SystemRoot root) implements PlacementPolicy {
    FollowRxQueues {
        InterfaceName.require(interfaceName);
    }

    @Override
    public AffinityPlan plan(CpuTopology topology, int loops) {
        TreeMap<Integer, List<Integer>> queuesByCpu = queuesByCpu();
        if (queuesByCpu.isEmpty()) {
            AffinityPlan instead = PlacementPolicy.onePerCpu().plan(topology, loops);
            return new AffinityPlan(
                    instead.loops(),
                    Optional.of(
                            policy() + " plans one loop per CPU: queues=[] (expected receive queues with interrupts or"
                                    + " RPS): which CPU handles them is not known here; fix: look at `fastsocket affinity show -i "
                                    + interfaceName + "`, or use placement onePerCpu()"));
        }
        CpuSet cpus = CpuSet.of(
                queuesByCpu.keySet().stream().mapToInt(Integer::intValue).toArray());
        AffinityPlan plan = new PlacementWish(
                        policy(),
                        cpus,
                        loops,
                        "give " + interfaceName + " queues on %d CPUs (fastsocket affinity plan)")
                .plan(topology.allowed());
        return new AffinityPlan(
                plan.loops().stream()
                        .map(loop -> new LoopPlacement(
                                loop.loopIndex(), loop.cpu(), queuesByCpu.getOrDefault(loop.cpu(), List.of())))
                        .toList(),
                plan.warning());
    }

    private String policy() {
        return "followRxQueues(\"" + interfaceName + "\")";
    }

    private TreeMap<Integer, List<Integer>> queuesByCpu() {
        NicQueues nic = NicQueues.read(root, interfaceName);
        TreeMap<Integer, List<Integer>> queuesByCpu = new TreeMap<>();
        for (RxQueue queue : nic.rx()) {
            if (nic.cpusOf(queue) instanceof Answer.Known<CpuSet> known) {
                for (int cpu : known.value()) {
                    queuesByCpu
                            .computeIfAbsent(cpu, unused -> new ArrayList<>())
                            .add(queue.queue());
                }
            }
        }
        return queuesByCpu;
    }
}
