package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.tuning.Setting.ChannelCount;
import io.fastsocket.affinity.tuning.Setting.IndirectionTable;
import io.fastsocket.affinity.tuning.Setting.InterruptCoalescing;
import io.fastsocket.affinity.tuning.Setting.KernelFile;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Forms in which what a machine should have can be given to a program that sets it at every boot. */
public enum Export {
    /** A script of the POSIX shell. */
    SHELL {
        @Override
        public String of(List<Change> wanted, TuningWish wish) {
            return "#!/bin/sh\nset -eu\n" + commands(wanted);
        }
    },

    /** A file for systemd.link(5), one for each interface, divided by comments. */
    SYSTEMD_LINK {
        @Override
        public String of(List<Change> wanted, TuningWish wish) {
            return wish.interfaceNames().stream()
                    .map(name -> link(wanted, name))
                    .collect(Collectors.joining("\n"));
        }
    },

    /** Rules for udev(7). */
    UDEV {
        @Override
        public String of(List<Change> wanted, TuningWish wish) {
            return "# For /etc/udev/rules.d/60-fastsocket.rules: sets what the interface's own files hold when it appears.\n"
                    + "# Interrupts and sysctls are not its business: see the formats shell and tuned.\n"
                    + wanted.stream().map(Export::rule).collect(Collectors.joining());
        }
    },

    /** A profile for tuned(8); interrupts are set by its script, which is the format shell. */
    TUNED {
        @Override
        public String of(List<Change> wanted, TuningWish wish) {
            return "# For /etc/tuned/fastsocket/tuned.conf; beside it, as script.sh, the format shell.\n"
                    + "[main]\nsummary=Queues, interrupts and limits for "
                    + wish.purpose().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                    + "\n\n[sysctl]\n" + sysctls(wanted) + net(wanted, wish)
                    + "\n[script]\nscript=${i:PROFILE_DIR}/script.sh\n";
        }
    };

    private static final String SYS_NET = "/sys/class/net/";
    private static final String PROC_SYS = "/proc/sys/";

    /**
     * The text.
     *
     * @param wanted every setting and the value it should have
     */
    public abstract String of(List<Change> wanted, TuningWish wish);

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String commands(List<Change> wanted) {
        return wanted.stream().map(change -> ShellScript.command(change) + "\n").collect(Collectors.joining());
    }

    // ---- systemd

    private static String link(List<Change> wanted, String interfaceName) {
        StringBuilder link =
                new StringBuilder("# For /etc/systemd/network/10-" + interfaceName.replaceAll("[^A-Za-z0-9_.-]", "_")
                        + ".link\n[Match]\nOriginalName=" + interfaceName + "\n\n[Link]\n");
        for (Change change : wanted) {
            if (change.setting() instanceof ChannelCount channels
                    && channels.interfaceName().equals(interfaceName)) {
                appendChannels(link, change.to());
            } else if (change.setting() instanceof InterruptCoalescing coalescing
                    && coalescing.interfaceName().equals(interfaceName)) {
                link.append("# as in: ethtool -C ")
                        .append(interfaceName)
                        .append(' ')
                        .append(change.to())
                        .append('\n');
                appendCoalescing(link, change.to());
            }
        }
        return link.append(
                        "# Interrupts, RPS, XPS and sysctls are not its business: see the formats udev, tuned and shell.\n")
                .toString();
    }

    private static void appendChannels(StringBuilder link, String words) {
        String[] pairs = words.split("\\s+", -1);
        for (int index = 0; index + 1 < pairs.length; index += 2) {
            String kind = pairs[index].substring(0, 1).toUpperCase(Locale.ROOT) + pairs[index].substring(1);
            link.append(kind).append("Channels=").append(pairs[index + 1]).append('\n');
        }
    }

    private static void appendCoalescing(StringBuilder link, String words) {
        String[] pairs = words.split("\\s+", -1);
        for (int index = 0; index + 1 < pairs.length; index += 2) {
            switch (pairs[index]) {
                case "adaptive-rx" ->
                    link.append("UseAdaptiveRxCoalesce=")
                            .append(pairs[index + 1].equals("on") ? "yes" : "no")
                            .append('\n');
                case "rx-usecs" ->
                    link.append("RxCoalesceSec=").append(pairs[index + 1]).append("us\n");
                default -> {
                    // What the wish does not ask for stays as the driver has it.
                }
            }
        }
    }

    // ---- udev

    private static String rule(Change change) {
        if (change.setting() instanceof KernelFile file && file.path().startsWith(SYS_NET)) {
            String[] parts = file.path().substring(SYS_NET.length()).split("/", 2);
            return "ACTION==\"add\", SUBSYSTEM==\"net\", KERNEL==\"" + globbed(parts[0]) + "\", ATTR{" + parts[1]
                    + "}=\"" + change.to() + "\"\n";
        } else if (change.setting() instanceof ChannelCount channels) {
            return run(channels.interfaceName(), "-L $name " + change.to());
        } else if (change.setting() instanceof IndirectionTable table) {
            return run(table.interfaceName(), "-X $name " + change.to());
        } else if (change.setting() instanceof InterruptCoalescing coalescing) {
            return run(coalescing.interfaceName(), "-C $name " + change.to());
        }
        return "";
    }

    private static String run(String interfaceName, String options) {
        return "ACTION==\"add\", SUBSYSTEM==\"net\", KERNEL==\"" + globbed(interfaceName)
                + "\", RUN+=\"/usr/sbin/ethtool " + options + "\"\n";
    }

    /** A pattern of udev that only this name matches, as far as it can be said: a quote cannot. */
    private static String globbed(String name) {
        return name.replaceAll("[*?\\[\\]|\"]", "?");
    }

    // ---- tuned

    private static String sysctls(List<Change> wanted) {
        return wanted.stream()
                .filter(change -> change.setting() instanceof KernelFile file
                        && file.path().startsWith(PROC_SYS))
                .map(change ->
                        change.setting().name().substring(PROC_SYS.length()).replace('/', '.') + "="
                                + change.to().strip().replaceAll("\\s+", " ") + "\n")
                .collect(Collectors.joining());
    }

    private static String net(List<Change> wanted, TuningWish wish) {
        StringBuilder net = new StringBuilder();
        for (String name : wish.interfaceNames()) {
            String options = wanted.stream().map(change -> option(change, name)).collect(Collectors.joining());
            if (!options.isEmpty()) {
                net.append("\n[net_")
                        .append(name)
                        .append("]\ntype=net\ndevices=")
                        .append(name)
                        .append('\n')
                        .append(options);
            }
        }
        return net.toString();
    }

    private static String option(Change change, String interfaceName) {
        if (change.setting() instanceof ChannelCount channels
                && channels.interfaceName().equals(interfaceName)) {
            return "channels=" + change.to() + "\n";
        }
        return change.setting() instanceof InterruptCoalescing coalescing
                        && coalescing.interfaceName().equals(interfaceName)
                ? "coalesce=" + change.to() + "\n"
                : "";
    }
}
