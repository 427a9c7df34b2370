package io.fastsocket.affinity;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which interrupt belongs to which queue, by the names that drivers give their handlers: there is no other source without
 * privilege. A name with a queue number and a direction is that direction's; with a number alone, both directions'.
 */
final class QueueIrqs {
    /** The last number of a name, after which only the address of a device may follow: {@code mlx5_comp3@pci:0000:3b:00.0}. */
    private static final Pattern NUMBERED = Pattern.compile("(.*?)([0-9]{1,5})(-[rt]x)?(?:@pci:.*)?");

    private static final Pattern BOTH = Pattern.compile("(?i)(?:tx-?rx|rx-?tx|comp|fp|queue)-?$");
    private static final Pattern RX = Pattern.compile("(?i)(?:^|[^a-z])(?:rx|input)[-_.]?$");
    private static final Pattern TX = Pattern.compile("(?i)(?:^|[^a-z])(?:tx|output)[-_.]?$");
    /** Without a word: {@code eth0-3}, {@code eth0-q3}. */
    private static final Pattern BARE = Pattern.compile("(?i)-q?$");

    private static final Pattern NOTIFY_BLOCK = Pattern.compile("(?i)ntfy-bl(?:oc)?k[-.]?$");

    private final Map<Integer, NicIrq> rx = new HashMap<>();
    private final Map<Integer, NicIrq> tx = new HashMap<>();

    QueueIrqs(List<NicIrq> irqs, int rxQueues, int txQueues) {
        // gve: the first half of the blocks is for transmit queues, the second for receive queues.
        long blocks = irqs.stream().filter(QueueIrqs::isNotifyBlock).count();
        for (NicIrq irq : irqs) {
            attribute(irq, rxQueues, txQueues, (int) blocks / 2);
        }
    }

    Optional<NicIrq> ofRx(int queue) {
        return Optional.ofNullable(rx.get(queue));
    }

    Optional<NicIrq> ofTx(int queue) {
        return Optional.ofNullable(tx.get(queue));
    }

    private static boolean isNotifyBlock(NicIrq irq) {
        Matcher name = NUMBERED.matcher(irq.name());
        return name.matches() && NOTIFY_BLOCK.matcher(name.group(1)).find();
    }

    private void attribute(NicIrq irq, int rxQueues, int txQueues, int rxBlockFirst) {
        Matcher name = NUMBERED.matcher(irq.name());
        if (!name.matches()) {
            return;
        }
        String before = name.group(1);
        int number = Integer.parseInt(name.group(2));
        String after = name.group(3) == null ? "" : name.group(3);
        if (NOTIFY_BLOCK.matcher(before).find()) {
            boolean transmit = number < rxBlockFirst;
            put(transmit ? tx : rx, transmit ? number : number - rxBlockFirst, transmit ? txQueues : rxQueues, irq);
        } else if (BOTH.matcher(before).find()) {
            put(rx, number, rxQueues, irq);
            put(tx, number, txQueues, irq);
        } else if (after.equals("-rx") || RX.matcher(before).find()) {
            put(rx, number, rxQueues, irq);
        } else if (after.equals("-tx") || TX.matcher(before).find()) {
            put(tx, number, txQueues, irq);
        } else if (BARE.matcher(before).find()) {
            put(rx, number, rxQueues, irq);
            put(tx, number, txQueues, irq);
        }
    }

    private static void put(Map<Integer, NicIrq> queues, int queue, int queuesMax, NicIrq irq) {
        if (queue < queuesMax) {
            queues.putIfAbsent(queue, irq);
        }
    }
}
