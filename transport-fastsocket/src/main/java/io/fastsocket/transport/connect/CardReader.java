package io.fastsocket.transport.connect;

import io.fastsocket.affinity.NicQueues;
import io.fastsocket.affinity.RssConfig;
import io.fastsocket.affinity.RssConfig.FlowType;
import io.fastsocket.affinity.RssMap;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a card's map, again and again. Hash and table are a few calls of its driver; interrupts are many files, and are read again
 * only when hash and table are as before, or name a queue that was not there. Used by one thread at a time.
 */
final class CardReader implements Supplier<Answer<RssMap>> {
    private final SystemRoot root;
    private final String interfaceName;
    private final FlowType flow;
    private @Nullable RssConfig rss;
    private @Nullable NicQueues queues;

    CardReader(SystemRoot root, String interfaceName, FlowType flow) {
        this.root = root;
        this.interfaceName = interfaceName;
        this.flow = flow;
    }

    /** @throws IllegalArgumentException if there is no such interface */
    @Override
    public Answer<RssMap> get() {
        RssConfig now = RssConfig.read(root, interfaceName);
        NicQueues interrupts = queues;
        if (interrupts == null || now.equals(rss) || namesAnother(now, interrupts)) {
            interrupts = NicQueues.read(root, interfaceName);
        }
        rss = now;
        queues = interrupts;
        return RssMap.of(now, interrupts, flow);
    }

    private static boolean namesAnother(RssConfig rss, NicQueues known) {
        List<Integer> table = rss.indirectionTable().toOptional().orElse(List.of());
        return table.stream().distinct().anyMatch(queue -> known.rx().stream().noneMatch(rx -> rx.queue() == queue));
    }
}
