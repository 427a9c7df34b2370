package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.ErrorText;
import io.fastsocket.affinity.system.SystemFileException;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@link NicQueues} from {@code /sys/class/net}, {@code /proc/interrupts}, {@code /proc/irq} and ethtool. */
final class NicQueuesReader {
    private static final String CLASS_NET = "/sys/class/net/";
    private static final Pattern QUEUE = Pattern.compile("(rx|tx)-([0-9]{1,5})");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private final SystemRoot root;
    private final String interfaceName;
    private final String directory;

    NicQueuesReader(SystemRoot root, String interfaceName) {
        this.root = root;
        this.interfaceName = interfaceName;
        this.directory = CLASS_NET + interfaceName;
    }

    /** Every interface with queues but loopback, in natural order. */
    static List<String> interfaces(SystemRoot root) {
        return root.names(CLASS_NET).stream()
                .filter(name -> !name.equals("lo"))
                .filter(name -> root.isDirectory(CLASS_NET + name + "/queues"))
                .toList();
    }

    NicQueues read() {
        if (!root.isDirectory(directory)) {
            throw new IllegalArgumentException("cannot read a network interface: interface="
                    + ErrorText.quoted(interfaceName) + " (expected one of " + interfaces(root)
                    + "): there is no such interface" + (root.isLive() ? " in this network namespace" : "")
                    + "; fix: name one of these");
        }
        Optional<String> device = root.linkName(directory + "/device").toOptional();
        List<NicIrq> irqs = irqs(device);
        List<Integer> rx = queues("rx");
        List<Integer> tx = queues("tx");
        QueueIrqs queueIrqs = new QueueIrqs(irqs, rx.size(), tx.size());
        return new NicQueues(
                interfaceName,
                root.linkName(directory + "/device/driver").toOptional(),
                device,
                numaNode(),
                rx.stream().map(queue -> rx(queue, queueIrqs)).toList(),
                tx.stream().map(queue -> tx(queue, queueIrqs)).toList(),
                irqs,
                NicFeatures.channels(root, interfaceName),
                NicFeatures.coalescing(root, interfaceName),
                NicFeatures.ntupleFilters(root, interfaceName),
                NicFeatures.ntupleRules(root, interfaceName));
    }

    private List<Integer> queues(String kind) {
        List<Integer> queues = new ArrayList<>();
        for (String name : root.names(directory + "/queues")) {
            Matcher matcher = QUEUE.matcher(name);
            if (matcher.matches() && matcher.group(1).equals(kind)) {
                queues.add(Integer.parseInt(matcher.group(2)));
            }
        }
        return queues;
    }

    private RxQueue rx(int queue, QueueIrqs irqs) {
        String files = directory + "/queues/rx-" + queue;
        return new RxQueue(queue, irqs.ofRx(queue), cpuMask(files + "/rps_cpus"), number(files + "/rps_flow_cnt"));
    }

    private TxQueue tx(int queue, QueueIrqs irqs) {
        String files = directory + "/queues/tx-" + queue;
        return new TxQueue(
                queue,
                irqs.ofTx(queue),
                cpuMask(files + "/xps_cpus"),
                cpuMask(files + "/xps_rxqs").map(NicQueuesReader::numbers));
    }

    private static List<Integer> numbers(CpuSet set) {
        List<Integer> numbers = new ArrayList<>();
        set.forEach(numbers::add);
        return List.copyOf(numbers);
    }

    /** The card's own node; a virtio device has none, the PCI device that carries it has. */
    private int numaNode() {
        Answer<String> node = root.value(directory + "/device/numa_node");
        if (node.toOptional().isEmpty()) {
            node = root.parentOfReal(directory + "/device")
                    .map(parent -> root.value(parent + "/numa_node"))
                    .orElse(node);
        }
        String text = node.toOptional().orElse("-1");
        return NUMBER.matcher(text).matches() ? Integer.parseInt(text) : -1;
    }

    // ---- interrupts

    private List<NicIrq> irqs(Optional<String> device) {
        if (device.isEmpty()) {
            return List.of();
        }
        Map<Integer, Interrupts.Line> lines =
                Interrupts.read(root).toOptional().map(Interrupts::lines).orElse(Map.of());
        TreeSet<Integer> numbers = new TreeSet<>(msiIrqs(directory + "/device"));
        if (numbers.isEmpty()) {
            // A virtio device's interrupts are those of the PCI device that carries it.
            root.parentOfReal(directory + "/device").ifPresent(parent -> numbers.addAll(msiIrqs(parent)));
        }
        if (numbers.isEmpty()) {
            lines.values().stream()
                    .filter(line -> isOurs(line.name(), device.get()))
                    .forEach(line -> numbers.add(line.irq()));
        }
        return numbers.stream().map(irq -> irq(irq, lines)).toList();
    }

    private List<Integer> msiIrqs(String device) {
        return root.names(device + "/msi_irqs").stream()
                .filter(name -> NUMBER.matcher(name).matches())
                .map(Integer::valueOf)
                .toList();
    }

    /** By name: a handler is named after the interface or the device, which no other name may continue. */
    private boolean isOurs(String handlers, String device) {
        for (String owner : List.of(interfaceName, device)) {
            if (Pattern.compile("(?:^|[^A-Za-z0-9])" + Pattern.quote(owner) + "(?![A-Za-z0-9.])")
                    .matcher(handlers)
                    .find()) {
                return true;
            }
        }
        return false;
    }

    private NicIrq irq(int irq, Map<Integer, Interrupts.Line> lines) {
        String files = "/proc/irq/" + irq;
        Interrupts.Line line = lines.get(irq);
        return new NicIrq(
                irq,
                line == null ? "" : line.name(),
                cpuList(files + "/smp_affinity_list"),
                cpuList(files + "/effective_affinity_list"),
                // The kernel makes the file unwritable for everybody where user space has no say (kernel/irq/proc.c).
                root.exists(files + "/smp_affinity_list") && !root.ownerMayWrite(files + "/smp_affinity_list"));
    }

    // ---- values

    private Answer<CpuSet> cpuMask(String file) {
        return root.value(file).map(text -> parse(file, () -> CpuSet.parseMask(text)));
    }

    private Answer<CpuSet> cpuList(String file) {
        return root.value(file).map(text -> parse(file, () -> CpuSet.parseList(text)));
    }

    private Answer<Integer> number(String file) {
        return root.value(file)
                .map(text -> parse(file, () -> {
                    if (!NUMBER.matcher(text).matches()) {
                        throw new IllegalArgumentException(
                                "number=" + ErrorText.quoted(text) + " (expected 0..999999999)");
                    }
                    return Integer.valueOf(text);
                }));
    }

    private static <T> T parse(String file, Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            throw new SystemFileException(file, 1, "cannot read " + file + ":1: " + e.getMessage());
        }
    }
}
