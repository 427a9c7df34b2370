package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.List;
import java.util.Optional;

/** Reads {@link NicQueues} from {@code /sys/class/net}, {@code /proc/interrupts}, {@code /proc/irq} and ethtool. */
final class NicQueuesReader {
    private final SystemRoot root;
    private final String interfaceName;

    NicQueuesReader(SystemRoot root, String interfaceName) {
        this.root = root;
        this.interfaceName = interfaceName;
    }

    NicQueues read() {
        return new NicQueues(
                interfaceName,
                Optional.empty(),
                Optional.of(root.toString()),
                -1,
                List.of(),
                List.of(),
                List.of(),
                Answer.unsupported("not read yet"),
                Answer.unsupported("not read yet"),
                Answer.unsupported("not read yet"),
                Answer.unsupported("not read yet"));
    }
}
