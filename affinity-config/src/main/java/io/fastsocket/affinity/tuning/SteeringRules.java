package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.RxQueue;
import io.fastsocket.affinity.TxQueue;
import java.util.ArrayList;
import java.util.List;

/** What the kernel does between the card and the sockets: RPS, RFS and XPS. */
final class SteeringRules {
    private static final String FLOW_TABLE = "/proc/sys/net/core/rps_sock_flow_entries";
    private static final int FLOWS = 32_768;

    private final MachineView.Nic nic;
    private final QueuePlacement placement;
    private final Findings findings;

    SteeringRules(MachineView.Nic nic, QueuePlacement placement, Findings findings) {
        this.nic = nic;
        this.placement = placement;
        this.findings = findings;
    }

    /** Everything these rules may set. */
    static List<Setting> settings(MachineView.Nic nic) {
        List<Setting> settings = new ArrayList<>();
        for (RxQueue queue : nic.queues().rx()) {
            settings.add(file(nic, "rx-" + queue.queue(), "rps_cpus"));
            settings.add(file(nic, "rx-" + queue.queue(), "rps_flow_cnt"));
        }
        for (TxQueue queue : nic.queues().tx()) {
            settings.add(file(nic, "tx-" + queue.queue(), "xps_cpus"));
            settings.add(file(nic, "tx-" + queue.queue(), "xps_rxqs"));
        }
        settings.add(new Setting.KernelFile(FLOW_TABLE));
        return settings;
    }

    void check() {
        if (placement.isSpread()) {
            findings.expect(
                    "rfs-table",
                    "system",
                    new Setting.KernelFile(FLOW_TABLE),
                    String.valueOf(FLOWS),
                    found -> atLeast(found, FLOWS),
                    "RFS sends a connection's packets to the CPU its loop runs on; it needs a table of connections");
        }
        for (RxQueue queue : nic.queues().rx()) {
            if (queue.queue() < placement.queues()) {
                receive(queue);
            }
        }
        // With one queue the kernel has nothing to choose.
        if (nic.queues().tx().size() > 1) {
            nic.queues().tx().forEach(this::transmit);
        }
    }

    private void receive(RxQueue queue) {
        String subject = nic.name() + " rx-" + queue.queue();
        boolean spread = placement.isSpread(queue.queue());
        CpuSet share = spread ? placement.shares().get(queue.queue()) : CpuSet.empty();
        findings.expect(
                "rps",
                subject,
                file(nic, "rx-" + queue.queue(), "rps_cpus"),
                share.toMaskString(),
                spread
                        ? "fewer queues than CPUs: this queue's packets are spread over CPUs " + share
                        : "a queue per CPU: spreading again would take packets off the CPU that has them");
        findings.expect(
                "rfs-flows",
                subject,
                file(nic, "rx-" + queue.queue(), "rps_flow_cnt"),
                String.valueOf(spread ? Integer.highestOneBit(Math.max(1, FLOWS / placement.queues())) : 0),
                spread
                        ? "this queue's part of the table of connections"
                        : "packets are where they should be; a table would be looked up for nothing");
    }

    private void transmit(TxQueue queue) {
        CpuSet senders = CpuSet.empty();
        int txQueues = nic.queues().tx().size();
        for (int rx = queue.queue() % placement.queues(); rx < placement.queues(); rx += txQueues) {
            senders = senders.union(placement.shares().get(rx));
        }
        findings.expect(
                "xps",
                nic.name() + " tx-" + queue.queue(),
                file(nic, "tx-" + queue.queue(), "xps_cpus"),
                senders.toMaskString(),
                "what a CPU sends leaves through the queue it receives from: no lock shared between CPUs");
    }

    private static Setting file(MachineView.Nic nic, String queue, String name) {
        return new Setting.KernelFile("/sys/class/net/" + nic.name() + "/queues/" + queue + "/" + name);
    }

    static boolean atLeast(String found, long least) {
        return found.matches("[0-9]{1,18}") && Long.parseLong(found) >= least;
    }
}
