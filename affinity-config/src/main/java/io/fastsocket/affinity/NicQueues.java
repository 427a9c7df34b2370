package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.List;
import java.util.Optional;

/**
 * The queues of one network interface, their interrupts, and what steers packets between CPUs: a picture taken when it was
 * read. Reading needs no privilege.
 *
 * @param interfaceName as in {@code ip link}
 * @param driver the kernel module, such as {@code "virtio_net"}; empty for software devices without one
 * @param device the device on its bus, such as {@code "0000:3b:00.0"} or {@code "virtio0"}; empty for software devices
 * @param numaNode the memory node the card is attached to; -1 where that is not known
 * @param rx its receive queues, by number
 * @param tx its transmit queues, by number
 * @param irqs every interrupt of the card, those of no queue included, ascending
 * @param channels how many queues there are and may be
 * @param coalescing how long it waits before it interrupts
 * @param ntupleFilters whether rules and accelerated RFS are on ({@code ethtool -k}, ntuple-filters)
 * @param ntupleRules the rules that override RSS
 */
public record NicQueues(
        String interfaceName,
        Optional<String> driver,
        Optional<String> device,
        int numaNode,
        List<RxQueue> rx,
        List<TxQueue> tx,
        List<NicIrq> irqs,
        Answer<Channels> channels,
        Answer<Coalescing> coalescing,
        Answer<Boolean> ntupleFilters,
        Answer<List<NtupleRule>> ntupleRules) {
    public NicQueues {
        rx = List.copyOf(rx);
        tx = List.copyOf(tx);
        irqs = List.copyOf(irqs);
    }

    /**
     * Reads an interface of this machine.
     *
     * @throws IllegalArgumentException if there is no such interface, or a file of the system is malformed
     */
    public static NicQueues read(String interfaceName) {
        return read(SystemRoot.live(), interfaceName);
    }

    /** The same for a machine that may be recorded. */
    public static NicQueues read(SystemRoot root, String interfaceName) {
        return new NicQueuesReader(root, InterfaceName.require(interfaceName)).read();
    }

    /** Every interface with queues but loopback, those of software devices included. */
    public static List<String> interfaces(SystemRoot root) {
        return NicQueuesReader.interfaces(root);
    }

    /**
     * The CPUs that process a receive queue's packets above the driver: those of RPS where it is on, else the one its
     * interrupt goes to.
     */
    public Answer<CpuSet> cpusOf(RxQueue queue) {
        CpuSet steered = queue.rpsCpus().toOptional().orElse(CpuSet.empty());
        if (!steered.isEmpty()) {
            return Answer.known(steered);
        }
        if (queue.irq().isEmpty()) {
            return Answer.unsupported("queue rx-" + queue.queue() + " of " + interfaceName + " has no interrupt");
        }
        return queue.irq().get().cpus();
    }
}
