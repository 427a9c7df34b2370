package io.fastsocket.examples.metrics;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.NicQueues;
import io.fastsocket.affinity.RxQueue;
import io.fastsocket.affinity.system.SystemRoot;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The receive queues that each CPU handles, by name: {@code eth0 rx 3}. Read when it is made, in milliseconds a card. */
final class NicQueueNames {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(NicQueueNames.class);

    static final NicQueueNames NONE = new NicQueueNames(Map.of());

    private final Map<Integer, List<String>> byCpu;

    private NicQueueNames(Map<Integer, List<String>> byCpu) {
        this.byCpu = byCpu;
    }

    static NicQueueNames read(SystemRoot root) {
        Map<Integer, List<String>> byCpu = new HashMap<>();
        for (String card : NicQueues.interfaces(root)) {
            try {
                add(NicQueues.read(root, card), byCpu);
            } catch (IllegalArgumentException gone) {
                logger.debug("Queues of {} are not shown", card, gone);
            }
        }
        return new NicQueueNames(byCpu);
    }

    private static void add(NicQueues card, Map<Integer, List<String>> byCpu) {
        for (RxQueue queue : card.rx()) {
            CpuSet cpus = card.cpusOf(queue).toOptional().orElse(CpuSet.empty());
            for (int cpu : cpus) {
                byCpu.computeIfAbsent(cpu, first -> new ArrayList<>())
                        .add(card.interfaceName() + " rx " + queue.queue());
            }
        }
    }

    List<String> of(int cpu) {
        return byCpu.getOrDefault(cpu, List.of());
    }
}
