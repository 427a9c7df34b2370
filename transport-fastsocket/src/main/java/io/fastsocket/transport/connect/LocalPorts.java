package io.fastsocket.transport.connect;

import io.fastsocket.affinity.system.SystemRoot;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The source ports that the system lets connections use, ascending: those of {@code net.ipv4.ip_local_port_range} without
 * {@code net.ipv4.ip_local_reserved_ports}. Both belong to the network namespace, and are those of IPv6 too.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7), ip_local_port_range</a>
 */
final class LocalPorts {
    private static final String RANGE_FILE = "/proc/sys/net/ipv4/ip_local_port_range";
    private static final String RESERVED_FILE = "/proc/sys/net/ipv4/ip_local_reserved_ports";
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})\\s+(\\d{1,5})");
    private static final Pattern RESERVED = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    /** The kernel's own default. */
    private static final int LOWEST_DEFAULT = 32768;

    private static final int HIGHEST_DEFAULT = 60999;
    /** Below it, bind(2) needs CAP_NET_BIND_SERVICE. */
    private static final int UNPRIVILEGED_MIN = 1024;

    private static final int PORT_MAX = 65535;

    private final int[] ports;
    private final String description;

    private LocalPorts(int[] ports, String description) {
        this.ports = ports;
        this.description = description;
    }

    /** What the system says now; its defaults where it does not say. */
    static LocalPorts read(SystemRoot root) {
        int lowest = LOWEST_DEFAULT;
        int highest = HIGHEST_DEFAULT;
        Matcher range =
                RANGE.matcher(root.value(RANGE_FILE).toOptional().orElse("").strip());
        if (range.matches()) {
            lowest = Integer.parseInt(range.group(1));
            highest = Math.min(PORT_MAX, Integer.parseInt(range.group(2)));
        }
        BitSet usable = new BitSet(PORT_MAX + 1);
        usable.set(Math.max(UNPRIVILEGED_MIN, lowest), Math.max(UNPRIVILEGED_MIN, highest) + 1);
        String reserved = root.value(RESERVED_FILE).toOptional().orElse("").strip();
        for (String part : List.of(reserved.split(","))) {
            clear(usable, part);
        }
        return new LocalPorts(
                usable.stream().toArray(),
                "net.ipv4.ip_local_port_range=" + lowest + "-" + highest
                        + (reserved.isEmpty() ? "" : " without " + reserved));
    }

    /** These ports, whatever the system says of them. */
    static LocalPorts of(int[] ports) {
        return new LocalPorts(ports.clone(), ports.length + " ports");
    }

    private static void clear(BitSet usable, String part) {
        Matcher reserved = RESERVED.matcher(part.strip());
        if (reserved.matches()) {
            int first = Integer.parseInt(reserved.group(1));
            int last = Optional.ofNullable(reserved.group(2))
                    .map(Integer::parseInt)
                    .orElse(first);
            usable.clear(Math.min(first, last), Math.max(first, last) + 1);
        }
    }

    /** How many. */
    int count() {
        return ports.length;
    }

    /** One of them, by its place from 0. */
    int at(int place) {
        return ports[place];
    }

    /** A copy of them all, ascending. */
    int[] toArray() {
        return ports.clone();
    }

    @Override
    public String toString() {
        return description;
    }
}
