package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.Layout;
import io.fastsocket.affinity.LoopPlacement;
import io.fastsocket.affinity.RxQueue;
import io.fastsocket.affinity.system.Answer;
import java.util.Optional;

/** The CPUs and queues that a layout names are there, and the queues' packets arrive at their loop. */
final class LayoutRule {
    private LayoutRule() {}

    static void check(Layout layout, MachineView machine, Findings findings) {
        CpuTopology topology = machine.topology();
        for (LoopPlacement loop : layout.loops()) {
            String subject = "loop " + loop.loopIndex();
            findings.state(
                    "loop-cpu",
                    subject,
                    topology.online().contains(loop.cpu()),
                    topology.online().contains(loop.cpu()) ? "CPU " + loop.cpu() : "CPU " + loop.cpu() + " is off",
                    "CPU " + loop.cpu() + " online",
                    "a loop runs on its CPU or not at all",
                    "switch the CPU on, or make the layout again: affinity plan --out FILE");
            for (int queue : loop.rxQueues()) {
                queue(layout, machine, loop, queue, findings);
            }
        }
    }

    private static void queue(Layout layout, MachineView machine, LoopPlacement loop, int queue, Findings findings) {
        String subject = "loop " + loop.loopIndex() + " rx-" + queue;
        String expected = "packets on CPU " + loop.cpu();
        String reason = "connections of this queue belong to the loop on its CPU";
        for (MachineView.Nic nic : machine.nics()) {
            if (layout.interfaceName().isPresent()
                    && layout.interfaceName().get().equals(nic.name())) {
                Optional<RxQueue> found = nic.queues().rx().stream()
                        .filter(rx -> rx.queue() == queue)
                        .findFirst();
                if (found.isEmpty()) {
                    findings.state(
                            "loop-queue",
                            subject,
                            false,
                            "no such queue",
                            expected,
                            reason,
                            "give " + nic.name() + " more queues, or make the layout again: affinity plan --out FILE");
                } else if (nic.queues().cpusOf(found.get()) instanceof Answer.Known<CpuSet> known) {
                    findings.state(
                            "loop-queue",
                            subject,
                            known.value().contains(loop.cpu()),
                            "packets on CPU " + known.value(),
                            expected,
                            reason,
                            "affinity apply with this layout");
                } else {
                    findings.unknown("loop-queue", subject, nic.queues().cpusOf(found.get()), expected, reason, "");
                }
            }
        }
    }
}
