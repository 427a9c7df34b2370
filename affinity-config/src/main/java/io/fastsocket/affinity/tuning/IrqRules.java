package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.NicIrq;
import io.fastsocket.affinity.RxQueue;
import io.fastsocket.affinity.TxQueue;
import io.fastsocket.affinity.system.Answer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Each queue's interrupt goes to the queue's CPU, and does so in effect. */
final class IrqRules {
    private static final String REASON =
            "the CPU that takes a queue's interrupt processes its packets, and is the one whose loop gets them";

    private final MachineView.Nic nic;
    private final QueuePlacement placement;
    private final Findings findings;
    private final Set<Integer> seen = new HashSet<>();

    IrqRules(MachineView.Nic nic, QueuePlacement placement, Findings findings) {
        this.nic = nic;
        this.placement = placement;
        this.findings = findings;
    }

    static Setting setting(NicIrq irq) {
        return new Setting.KernelFile("/proc/irq/" + irq.irq() + "/smp_affinity_list");
    }

    void check() {
        for (RxQueue queue : nic.queues().rx()) {
            check("rx-" + queue.queue(), queue.irq(), queue.queue());
        }
        for (TxQueue queue : nic.queues().tx()) {
            if (queue.irq().isPresent()) {
                check("tx-" + queue.queue(), queue.irq(), queue.queue());
            }
        }
    }

    private void check(String queueName, Optional<NicIrq> irq, int queue) {
        String subject = nic.name() + " " + queueName;
        CpuSet cpu = CpuSet.of(placement.irqCpus().get(queue % placement.queues()));
        if (irq.isEmpty()) {
            String why =
                    nic.isDevice() ? "no interrupt is known for this queue" : "a software device has no interrupts";
            findings.unknown("irq-affinity", subject, Answer.unsupported(why), cpu.toString(), REASON, "");
        } else if (seen.add(irq.get().irq())) {
            check(subject + " irq " + irq.get().irq(), irq.get(), cpu);
        }
    }

    private void check(String subject, NicIrq irq, CpuSet cpu) {
        if (irq.managed()) {
            managed(subject, irq, cpu);
            return;
        }
        findings.expect("irq-affinity", subject, setting(irq), cpu.toString(), REASON);
        if (irq.affinity().toOptional().filter(cpu::equals).isPresent()
                && irq.effectiveAffinity() instanceof Answer.Known<CpuSet> effective
                && !effective.value().isEmpty()
                && !effective.value().equals(cpu)) {
            // On x86 without interrupt remapping the kernel moves an interrupt when it is taken next, not before.
            findings.unknown(
                    "irq-effective",
                    subject,
                    Answer.failed("still goes to " + effective.value() + "; moves with its next interrupt"),
                    cpu.toString(),
                    "an idle queue's interrupt stays where it was, and one for whose CPU no vector is left",
                    "verify again under load; if it stays, free vectors on CPU " + cpu
                            + " (fewer queues on other cards)");
        }
    }

    /** The kernel places it by itself, which may well be where it should be. */
    private void managed(String subject, NicIrq irq, CpuSet cpu) {
        CpuSet effective = irq.cpus().toOptional().orElse(CpuSet.empty());
        if (effective.equals(cpu)) {
            findings.state("irq-affinity", subject, true, effective + " (managed)", cpu.toString(), REASON, "");
        } else {
            findings.unknown(
                    "irq-affinity",
                    subject,
                    Answer.unsupported(
                            "goes to " + effective + "; the kernel manages this interrupt, nobody can set it"),
                    cpu.toString(),
                    REASON,
                    "put the loop on CPU " + effective + " (placement followRxQueues), or boot with another number of"
                            + " queues");
        }
    }
}
