package io.fastsocket.affinity.tuning;

import java.util.List;

/** A plan as a script of the POSIX shell, which says in comments what was there and why it changes. */
public final class ShellScript {
    /** No line of a configuration file is this. */
    private static final String END_OF_FILE = "END_OF_FASTSOCKET_FILE";

    private ShellScript() {}

    /** The whole script; runs as root. Without changes it does nothing. */
    public static String of(List<Finding> findings) {
        StringBuilder script = new StringBuilder("#!/bin/sh\nset -eu\n");
        for (Finding finding : findings) {
            finding.change().ifPresent(change -> script.append('\n')
                    .append(comment(finding.rule() + ", " + finding.subject() + ": " + finding.found() + " -> "
                            + finding.expected()))
                    .append(comment(finding.reason()))
                    .append(command(change))
                    .append('\n'));
        }
        return script.toString();
    }

    private static String comment(String text) {
        return "# " + text.replaceAll("\\p{Cntrl}", " ") + "\n";
    }

    /** What a person types for one change. */
    static String command(Change change) {
        String to = change.to();
        // Names of settings are checked where they are made; values and interface names may hold anything.
        if (change.setting() instanceof Setting.KernelFile file) {
            return "printf '%s\\n' " + quoted(to) + " > " + quoted(file.path());
        } else if (change.setting() instanceof Setting.ChannelCount channels) {
            return "ethtool -L " + quoted(channels.interfaceName()) + " " + to;
        } else if (change.setting() instanceof Setting.InterruptCoalescing coalescing) {
            return "ethtool -C " + quoted(coalescing.interfaceName()) + " " + to;
        } else if (change.setting() instanceof Setting.IndirectionTable table) {
            return "ethtool -X " + quoted(table.interfaceName()) + " " + to;
        } else if (change.setting() instanceof Setting.IrqbalanceBans) {
            return "printf 'settings ban irqs " + to
                    + "' | socat - UNIX-CONNECT:\"$(ls /run/irqbalance/irqbalance*.sock)\"";
        }
        return "cat > " + quoted(((Setting.ConfigFile) change.setting()).path()) + " <<'" + END_OF_FILE + "'\n"
                + (to.endsWith("\n") ? to : to + "\n") + END_OF_FILE;
    }

    /** A word of the shell that means exactly this text. */
    static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./:=,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
