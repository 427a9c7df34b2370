package io.fastsocket.affinity;

import io.fastsocket.affinity.RssConfig.FlowType;
import io.fastsocket.affinity.RssConfig.HashField;
import io.fastsocket.affinity.RssConfig.HashFunction;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Computes on which queue, and so on which CPU, the packets of a connection arrive: hash, indirection table, interrupts. A
 * picture taken when it was read, for one network interface and one family of addresses. Instances are immutable and safe
 * for use by any thread.
 *
 * @see <a href="https://docs.kernel.org/networking/scaling.html">Scaling in the Linux Networking Stack, RSS</a>
 */
public final class RssMap {
    /** What {@link #cpuFor} answers where a queue's packets are not processed on one known CPU. */
    public static final int CPU_UNKNOWN = -1;

    private static final Set<HashField> FOUR_TUPLE = Set.of(
            HashField.SOURCE_ADDRESS, HashField.DESTINATION_ADDRESS, HashField.SOURCE_PORT, HashField.DESTINATION_PORT);

    private final String interfaceName;
    private final ToeplitzHash hash;
    private final int addressBytes;
    /** What each value of the port's two bytes adds to the hash. */
    private final int[] highShares = new int[256];

    private final int[] lowShares = new int[256];
    private final int[] queueByIndex;
    private final int[] cpuByIndex;

    private RssMap(String interfaceName, ToeplitzHash hash, int addressBytes, int[] queueByIndex, int[] cpuByIndex) {
        this.interfaceName = interfaceName;
        this.hash = hash;
        this.addressBytes = addressBytes;
        this.queueByIndex = queueByIndex;
        this.cpuByIndex = cpuByIndex;
        for (int value = 0; value < 256; value++) {
            highShares[value] = hash.portShare(value << 8, addressBytes);
            lowShares[value] = hash.portShare(value, addressBytes);
        }
    }

    /**
     * Reads an interface of this machine, or of a recorded one.
     *
     * @param flow {@link FlowType#TCP4} or {@link FlowType#TCP6}
     * @return the map, or why there can be none: the card does not tell, or what it does cannot be computed
     * @throws IllegalArgumentException if there is no such interface
     */
    public static Answer<RssMap> read(SystemRoot root, String interfaceName, FlowType flow) {
        return of(RssConfig.read(root, interfaceName), NicQueues.read(root, interfaceName), flow);
    }

    /** The same of what was read before. */
    public static Answer<RssMap> of(RssConfig rss, NicQueues nic, FlowType flow) {
        return requireFourTuple(rss, flow)
                .flatMap(fields -> requireToeplitz(rss))
                .flatMap(function -> hash(rss, flow))
                .flatMap(hash -> rss.indirectionTable().flatMap(table -> of(rss, nic, flow, hash, table)));
    }

    private static Answer<Set<HashField>> requireFourTuple(RssConfig rss, FlowType flow) {
        Answer<Set<HashField>> fields = rss.hashFields().getOrDefault(flow, Answer.unsupported("no hash fields"));
        return fields.flatMap(known -> known.equals(FOUR_TUPLE)
                ? fields
                : Answer.unsupported(
                        rss.interfaceName() + " hashes " + known + " of " + flow + " (expected " + FOUR_TUPLE
                                + "): the port does not choose the queue alone; fix: ethtool -N " + rss.interfaceName()
                                + " rx-flow-hash " + flow.name().toLowerCase(Locale.ROOT) + " sdfn"));
    }

    private static Answer<HashFunction> requireToeplitz(RssConfig rss) {
        return rss.hashFunction()
                .flatMap(function -> function == HashFunction.TOEPLITZ
                        ? Answer.known(function)
                        : Answer.unsupported(rss.interfaceName() + " hashes by " + function
                                + " (expected TOEPLITZ): it is not known in every bit; fix: ethtool -X "
                                + rss.interfaceName() + " hfunc toeplitz"));
    }

    private static Answer<ToeplitzHash> hash(RssConfig rss, FlowType flow) {
        return rss.hashKey().flatMap(key -> rss.inputTransforms().flatMap(transforms -> {
            try {
                ToeplitzHash hash = ToeplitzHash.of(key, transforms);
                hash.portShare(0, addressBytes(flow));
                return Answer.known(hash);
            } catch (IllegalArgumentException notComputable) {
                return Answer.unsupported(rss.interfaceName() + ": " + notComputable.getMessage());
            }
        }));
    }

    private static Answer<RssMap> of(
            RssConfig rss, NicQueues nic, FlowType flow, ToeplitzHash hash, List<Integer> table) {
        int[] queues = table.stream().mapToInt(Integer::intValue).toArray();
        if (Arrays.stream(queues).distinct().count() < 2) {
            return Answer.unsupported(rss.interfaceName() + " has all of its indirection table on queue " + queues[0]
                    + " (expected two queues or more): no port leads elsewhere; fix: ethtool -X " + rss.interfaceName()
                    + " equal N");
        }
        int[] cpus = Arrays.stream(queues).map(queue -> cpuOf(nic, queue)).toArray();
        if (Arrays.stream(cpus).allMatch(cpu -> cpu == CPU_UNKNOWN)) {
            return Answer.unsupported("no queue of " + rss.interfaceName()
                    + " is processed on one known CPU (expected an interrupt, or RPS, on one CPU each); fix: look at"
                    + " `fastsocket affinity show -i " + rss.interfaceName() + "`");
        }
        return Answer.known(new RssMap(rss.interfaceName(), hash, addressBytes(flow), queues, cpus));
    }

    private static int cpuOf(NicQueues nic, int queue) {
        return nic.rx().stream()
                .filter(rx -> rx.queue() == queue)
                .findFirst()
                .flatMap(rx -> nic.cpusOf(rx).toOptional())
                .filter(cpus -> cpus.size() == 1)
                .map(cpus -> cpus.iterator().next())
                .orElse(CPU_UNKNOWN);
    }

    private static int addressBytes(FlowType flow) {
        return switch (flow) {
            case TCP4, UDP4 -> 4;
            case TCP6, UDP6 -> 16;
        };
    }

    /** The interface it was read of. */
    public String interfaceName() {
        return interfaceName;
    }

    /** The queue that an arriving packet is put into. */
    public int queueFor(FourTuple packet) {
        return queueByIndex[indexOf(hash.hash(packet))];
    }

    /** The CPU that processes an arriving packet, or {@link #CPU_UNKNOWN}. */
    public int cpuFor(FourTuple packet) {
        return cpuByIndex[indexOf(hash.hash(packet))];
    }

    // ---- the parts, for who chooses ports

    /** The whole hash of a packet; with local port 0, what {@link #portShare} is to be combined with by exclusive or. */
    public int hash(FourTuple packet) {
        return hash.hash(packet);
    }

    /** What the local port adds to the hash, whatever the rest of the packet is. */
    public int portShare(int localPort) {
        return highShares[localPort >>> 8] ^ lowShares[localPort & 0xff];
    }

    /** The place in the indirection table for a hash: its remainder by the table's length. */
    public int indexOf(int hash) {
        return Integer.remainderUnsigned(hash, queueByIndex.length);
    }

    /** The length of the indirection table. */
    public int indirectionSize() {
        return queueByIndex.length;
    }

    /** The CPU for a place in the indirection table, or {@link #CPU_UNKNOWN}. */
    public int cpuAt(int index) {
        return cpuByIndex[index];
    }

    /** Whether it would answer the same for every packet. */
    public boolean isSameAs(RssMap other) {
        return interfaceName.equals(other.interfaceName)
                && addressBytes == other.addressBytes
                && hash.equals(other.hash)
                && Arrays.equals(queueByIndex, other.queueByIndex)
                && Arrays.equals(cpuByIndex, other.cpuByIndex);
    }

    @Override
    public String toString() {
        return interfaceName + ": " + queueByIndex.length + " entries, "
                + Arrays.stream(queueByIndex).distinct().count() + " queues, "
                + Arrays.stream(cpuByIndex)
                        .filter(cpu -> cpu != CPU_UNKNOWN)
                        .distinct()
                        .count() + " CPUs";
    }
}
