package io.fastsocket.affinity;

import io.fastsocket.affinity.system.SystemRoot;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The daemon that moves interrupts between CPUs every ten seconds, if it runs here, and what it was told to leave alone.
 *
 * @param pid of the running daemon; empty where none runs that can be seen
 * @param configFile its configuration, {@code /etc/default/irqbalance} or {@code /etc/sysconfig/irqbalance}; empty: neither
 *     exists
 * @param bannedIrqs the interrupts that its command line and its configuration ban; what it was told since it started is
 *     not among them
 * @see <a href="https://manpages.debian.org/irqbalance">irqbalance(1)</a>
 */
public record Irqbalance(OptionalInt pid, Optional<String> configFile, Set<Integer> bannedIrqs) {
    private static final List<String> CONFIG_FILES = List.of("/etc/default/irqbalance", "/etc/sysconfig/irqbalance");
    private static final Pattern PID = Pattern.compile("[0-9]{1,9}");
    private static final Pattern BAN = Pattern.compile("(?:--banirq[= ]|-i ?)([0-9]{1,9})(?![0-9])");

    public Irqbalance {
        bannedIrqs = Set.copyOf(bannedIrqs);
    }

    /** Reads what can be seen without privilege. */
    public static Irqbalance read(SystemRoot root) {
        Set<Integer> banned = new TreeSet<>();
        Optional<String> config = CONFIG_FILES.stream().filter(root::exists).findFirst();
        config.flatMap(file -> root.lines(file).toOptional())
                .ifPresent(lines -> banned.addAll(bans(String.join("\n", lines))));
        OptionalInt pid = pid(root);
        if (pid.isPresent()) {
            banned.addAll(bans(root.commandLine(pid.getAsInt())));
        }
        return new Irqbalance(pid, config, banned);
    }

    private static OptionalInt pid(SystemRoot root) {
        return root.names("/proc").stream()
                .filter(name -> PID.matcher(name).matches())
                .filter(name -> root.value("/proc/" + name + "/comm")
                        .toOptional()
                        .filter("irqbalance"::equals)
                        .isPresent())
                .mapToInt(Integer::parseInt)
                .findFirst();
    }

    /** The interrupts that a command line or a configuration bans, {@code "--banirq=30 -i 31"}; comments do not count. */
    public static Set<Integer> bans(String options) {
        Set<Integer> irqs = new TreeSet<>();
        options.lines()
                .filter(line -> !line.stripLeading().startsWith("#"))
                .map(BAN::matcher)
                .flatMap(Matcher::results)
                .forEach(ban -> irqs.add(Integer.valueOf(ban.group(1))));
        return irqs;
    }
}
