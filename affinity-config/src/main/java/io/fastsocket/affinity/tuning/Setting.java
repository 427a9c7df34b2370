package io.fastsocket.affinity.tuning;

/** A place in the system that can be set. Its value is text; what text depends on the kind. */
public sealed interface Setting {
    /** What a person calls it; the name of the file, or the ethtool option and interface. Unique. */
    String name();

    /** A file of {@code /proc} or {@code /sys} with one value, without the line break. */
    record KernelFile(String path) implements Setting {
        @Override
        public String name() {
            return path;
        }
    }

    /** How many queues a card has: {@code "combined 8"}, {@code "rx 4 tx 4"}, the words of {@code ethtool -L}. */
    record ChannelCount(String interfaceName) implements Setting {
        @Override
        public String name() {
            return "ethtool -L " + interfaceName;
        }
    }

    /** When a card interrupts: {@code "adaptive-rx off rx-usecs 50"}, the words of {@code ethtool -C}. */
    record InterruptCoalescing(String interfaceName) implements Setting {
        @Override
        public String name() {
            return "ethtool -C " + interfaceName;
        }
    }

    /** The RSS indirection table: queues divided by blanks, {@code "0 1 2 3 0 1 2 3"}, all of them. */
    record IndirectionTable(String interfaceName) implements Setting {
        @Override
        public String name() {
            return "ethtool -X " + interfaceName;
        }
    }

    /** The interrupts that a running irqbalance leaves alone: their numbers, ascending, divided by blanks. */
    record IrqbalanceBans() implements Setting {
        @Override
        public String name() {
            return "irqbalance ban list";
        }
    }

    /** A file of {@code /etc}, all of it; no value: no such file. */
    record ConfigFile(String path) implements Setting {
        @Override
        public String name() {
            return path;
        }
    }
}
