package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.CpuCounters;
import io.fastsocket.affinity.Interrupts;
import io.fastsocket.affinity.NicIrq;
import io.fastsocket.affinity.NicQueues;
import io.fastsocket.affinity.QueuePackets;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * What the CPUs had done for the network at one time.
 *
 * @param interrupts by name of the interrupt, then by CPU
 * @param queues packets of each queue, by name of the interface
 * @param cpus the stack's counters of each CPU
 * @param receiveSoftirqs by CPU
 * @param transmitSoftirqs by CPU
 * @param nanos when
 */
record NetworkSample(
        Map<String, Map<Integer, Long>> interrupts,
        Map<String, QueuePackets> queues,
        List<CpuCounters> cpus,
        Map<Integer, Long> receiveSoftirqs,
        Map<Integer, Long> transmitSoftirqs,
        long nanos) {
    private static final long WRAP = 1L << 32;

    static NetworkSample read(SystemRoot root, List<String> interfaceNames) {
        Interrupts all = Interrupts.read(root).toOptional().orElse(new Interrupts(List.of(), Map.of()));
        Map<String, Map<Integer, Long>> ours = new LinkedHashMap<>();
        for (String name : interfaceNames) {
            for (NicIrq irq : NicQueues.read(root, name).irqs()) {
                Interrupts.Line line = all.lines().get(irq.irq());
                if (line != null) {
                    Map<Integer, Long> byCpu = new LinkedHashMap<>();
                    for (int column = 0; column < all.cpus().size(); column++) {
                        byCpu.put(all.cpus().get(column), line.counts().get(column));
                    }
                    ours.put(irq.irq() + " " + irq.name(), byCpu);
                }
            }
        }
        Map<String, QueuePackets> queues = new LinkedHashMap<>();
        for (String name : interfaceNames) {
            QueuePackets.read(root, name).toOptional().ifPresent(packets -> queues.put(name, packets));
        }
        return new NetworkSample(
                ours,
                queues,
                CpuCounters.read(root).toOptional().orElse(List.of()),
                CpuCounters.softirqs(root, "NET_RX").toOptional().orElse(Map.of()),
                CpuCounters.softirqs(root, "NET_TX").toOptional().orElse(Map.of()),
                System.nanoTime());
    }

    /** Tables of what happened each second between the other sample and this one. */
    String since(NetworkSample before) {
        double seconds = Math.max(1, nanos - before.nanos) / 1e9;
        TextTable table = TextTable.ofNumbers(
                "CPU", "packets/s", "dropped/s", "squeezed/s", "RPS wake-ups/s", "NET_RX/s", "NET_TX/s");
        for (CpuCounters cpu : cpus) {
            List<CpuCounters> same = before.cpus.stream()
                    .filter(other -> other.cpu() == cpu.cpu())
                    .toList();
            if (!same.isEmpty()) {
                table.row(
                        cpu.cpu(),
                        rate(cpu, same.get(0), CpuCounters::processed, seconds),
                        rate(cpu, same.get(0), CpuCounters::dropped, seconds),
                        rate(cpu, same.get(0), CpuCounters::timeSqueezed, seconds),
                        rate(cpu, same.get(0), CpuCounters::receivedRps, seconds),
                        rate(receiveSoftirqs, before.receiveSoftirqs, cpu.cpu(), seconds),
                        rate(transmitSoftirqs, before.transmitSoftirqs, cpu.cpu(), seconds));
            }
        }
        String gap = System.lineSeparator() + System.lineSeparator();
        return table + gap + queuesSince(before, seconds) + interruptsSince(before, seconds);
    }

    /** Nothing where no driver counts by queue. */
    private String queuesSince(NetworkSample before, double seconds) {
        if (queues.isEmpty()) {
            return "";
        }
        TextTable table = TextTable.ofText("queue", "packets in/s", "packets out/s");
        queues.forEach((name, packets) -> {
            QueuePackets earlier = before.queues.getOrDefault(name, packets);
            SortedSet<Integer> numbers = new TreeSet<>(packets.received().keySet());
            numbers.addAll(packets.sent().keySet());
            for (int queue : numbers) {
                table.row(
                        name + " " + queue,
                        rate(packets.received(), earlier.received(), queue, seconds),
                        rate(packets.sent(), earlier.sent(), queue, seconds));
            }
        });
        return table + System.lineSeparator() + System.lineSeparator();
    }

    private String interruptsSince(NetworkSample before, double seconds) {
        TextTable table = TextTable.ofText("interrupt", "interrupts/s by CPU");
        interrupts.forEach((name, byCpu) -> {
            Map<Integer, Long> earlier = before.interrupts.getOrDefault(name, Map.of());
            List<String> busy = new ArrayList<>();
            for (int cpu : byCpu.keySet()) {
                long rate = rate(byCpu, earlier, cpu, seconds);
                if (rate > 0) {
                    busy.add("CPU " + cpu + ": " + rate);
                }
            }
            table.row(name, busy.isEmpty() ? "-" : String.join(", ", busy));
        });
        return table.toString();
    }

    /** The stack's counters have 32 bits. */
    private static long rate(CpuCounters now, CpuCounters before, ToLongFunction<CpuCounters> counter, double seconds) {
        long difference = counter.applyAsLong(now) - counter.applyAsLong(before);
        return Math.round((difference < 0 ? difference + WRAP : difference) / seconds);
    }

    private static long rate(Map<Integer, Long> now, Map<Integer, Long> before, int key, double seconds) {
        long earlier = before.getOrDefault(key, now.getOrDefault(key, 0L));
        return Math.max(0, Math.round((now.getOrDefault(key, 0L) - earlier) / seconds));
    }
}
