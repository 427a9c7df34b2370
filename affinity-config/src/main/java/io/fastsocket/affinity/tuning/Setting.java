package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.InterfaceName;
import io.fastsocket.affinity.system.ErrorText;
import java.util.Set;
import java.util.regex.Pattern;

/** A place in the system that can be set. Its value is text; what text depends on the kind. */
public sealed interface Setting {
    /** What a person calls it; the name of the file, or the ethtool option and interface. Unique. */
    String name();

    private static void requireKnown(boolean known, String path) {
        if (!known) {
            throw new IllegalArgumentException("cannot set a file: path=" + ErrorText.quoted(path)
                    + " (expected one that affinity plan names): this tool writes no others; fix: plan again");
        }
    }

    /** A file of {@code /proc} or {@code /sys} with one value, without the line break. */
    record KernelFile(String path) implements Setting {
        private static final Pattern KNOWN = Pattern.compile("/proc/irq/[0-9]{1,9}/smp_affinity_list"
                + "|/proc/sys/(?:net/core|net/ipv4|fs)/[a-z_]{1,40}"
                + "|/sys/class/net/[^/]{1,60}/queues/[rt]x-[0-9]{1,5}/(?:rps_cpus|rps_flow_cnt|xps_cpus|xps_rxqs)");

        /** @throws IllegalArgumentException if the path is none that this tool sets */
        public KernelFile {
            Setting.requireKnown(KNOWN.matcher(path).matches() && !path.contains("/../"), path);
        }

        @Override
        public String name() {
            return path;
        }
    }

    /** How many queues a card has: {@code "combined 8"}, {@code "rx 4 tx 4"}, the words of {@code ethtool -L}. */
    record ChannelCount(String interfaceName) implements Setting {
        /** @throws IllegalArgumentException if no interface can have the name */
        public ChannelCount {
            InterfaceName.require(interfaceName);
        }

        @Override
        public String name() {
            return "ethtool -L " + interfaceName;
        }
    }

    /** When a card interrupts: {@code "adaptive-rx off rx-usecs 50"}, the words of {@code ethtool -C}. */
    record InterruptCoalescing(String interfaceName) implements Setting {
        /** @throws IllegalArgumentException if no interface can have the name */
        public InterruptCoalescing {
            InterfaceName.require(interfaceName);
        }

        @Override
        public String name() {
            return "ethtool -C " + interfaceName;
        }
    }

    /** The RSS indirection table: queues divided by blanks, {@code "0 1 2 3 0 1 2 3"}, all of them. */
    record IndirectionTable(String interfaceName) implements Setting {
        /** @throws IllegalArgumentException if no interface can have the name */
        public IndirectionTable {
            InterfaceName.require(interfaceName);
        }

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
        private static final Set<String> KNOWN = Set.of(
                "/etc/default/irqbalance", "/etc/sysconfig/irqbalance", "/etc/security/limits.d/60-fastsocket.conf");

        /** @throws IllegalArgumentException if the path is none that this tool sets */
        public ConfigFile {
            Setting.requireKnown(KNOWN.contains(path), path);
        }

        @Override
        public String name() {
            return path;
        }
    }
}
