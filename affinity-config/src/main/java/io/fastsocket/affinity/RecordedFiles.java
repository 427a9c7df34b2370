package io.fastsocket.affinity;

import io.fastsocket.affinity.system.SystemRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which files {@link Recording} takes: what this project's readers read, and nothing that names the machine or its
 * peers.
 */
final class RecordedFiles {
    /** The most files of a machine; one with 1024 CPUs and 4096 interrupts has 60 000. */
    static final int FILES_MAX = 1 << 18;

    /** Names in which a star stands for all, or for all with the characters before and after it. */
    private static final List<String> FILES = Stream.of(
                    Stream.of(
                            "/proc/interrupts",
                            "/proc/softirqs",
                            "/proc/net/softnet_stat",
                            "/proc/cmdline",
                            "/proc/version",
                            "/proc/self/status",
                            "/proc/self/limits",
                            "/proc/self/cgroup",
                            "/proc/self/mounts",
                            "/proc/irq/default_smp_affinity",
                            "/etc/default/irqbalance",
                            "/etc/sysconfig/irqbalance",
                            "/run/irqbalance.pid"),
                    each("/proc/irq/*/", "smp_affinity_list", "effective_affinity_list", "affinity_hint", "node"),
                    each("/proc/sys/net/core/", "somaxconn", "rps_sock_flow_entries", "netdev_budget*"),
                    each("/proc/sys/net/core/", "netdev_max_backlog", "busy_poll", "busy_read", "flow_limit_*"),
                    each("/proc/sys/net/ipv4/", "ip_local_port_range", "ip_local_reserved_ports", "tcp_tw_reuse*"),
                    each("/proc/sys/net/ipv4/", "tcp_max_syn_backlog", "tcp_migrate_req", "tcp_timestamps"),
                    each("/proc/sys/fs/", "nr_open", "file-max"),
                    each(
                            "/sys/devices/system/cpu/",
                            "online",
                            "possible",
                            "present",
                            "isolated",
                            "offline",
                            "nohz_full"),
                    each("/sys/devices/system/cpu/smt/", "active", "control"),
                    each("/sys/devices/system/cpu/cpu*/", "online", "topology/*"),
                    each(
                            "/sys/devices/system/cpu/cpu*/cache/index*/",
                            "id",
                            "level",
                            "type",
                            "shared_cpu_list",
                            "size"),
                    each("/sys/devices/system/node/", "online", "possible", "node*/cpulist"),
                    each("/sys/class/net/*/", "operstate", "carrier", "mtu", "type", "flags"),
                    each("/sys/class/net/*/queues/*/", "rps_cpus", "rps_flow_cnt", "xps_cpus", "xps_rxqs"),
                    each("/sys/class/net/*/device/", "numa_node", "local_cpulist", "msi_irqs/*"),
                    each("/sys/class/net/*/", "threaded", "napi_defer_hard_irqs", "gro_flush_timeout"))
            .flatMap(names -> names)
            .toList();

    /** Symbolic links of which the last name is read, and nothing behind them. */
    private static final List<String> LINKS =
            List.of("/sys/class/net/*/device/driver", "/sys/class/net/*/device/subsystem", "/sys/class/net/*/master");

    /** Symbolic links to directories of which files are read too. */
    private static final List<String> LINKED_DIRECTORIES = List.of("/sys/class/net/*/device");

    private RecordedFiles() {}

    /** The files there are, or may be: a name without a star is not looked for. */
    static List<String> files(SystemRoot root) {
        return expand(root, FILES);
    }

    static List<String> links(SystemRoot root) {
        return expand(root, LINKS);
    }

    static List<String> linkedDirectories(SystemRoot root) {
        return expand(root, LINKED_DIRECTORIES);
    }

    private static Stream<String> each(String directory, String... names) {
        return Stream.of(names).map(name -> directory + name);
    }

    private static List<String> expand(SystemRoot root, List<String> patterns) {
        List<String> all = new ArrayList<>();
        for (String pattern : patterns) {
            List<String> names = List.of("");
            for (String part : List.of(pattern.substring(1).split("/", -1))) {
                names = step(root, names, part);
            }
            all.addAll(names);
            requireFew(all);
        }
        return all;
    }

    private static List<String> step(SystemRoot root, List<String> directories, String part) {
        int star = part.indexOf('*');
        if (star < 0) {
            return directories.stream().map(directory -> directory + "/" + part).toList();
        }
        String before = part.substring(0, star);
        String after = part.substring(star + 1);
        List<String> names = new ArrayList<>();
        for (String directory : directories) {
            for (String name : root.names(directory)) {
                if (name.length() >= before.length() + after.length()
                        && name.startsWith(before)
                        && name.endsWith(after)) {
                    names.add(directory + "/" + name);
                }
            }
            requireFew(names);
        }
        return names;
    }

    private static void requireFew(List<String> names) {
        if (names.size() > FILES_MAX) {
            throw new IllegalArgumentException("cannot record a machine: files=" + names.size() + " (expected at most "
                    + FILES_MAX + "): no machine has so many; fix: look at what /sys and /proc hold");
        }
    }
}
