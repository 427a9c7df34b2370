package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.Irqbalance;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Edits irqbalance's file of shell variables, and leaves every byte that is not ours as it is. */
final class IrqbalanceConfig {
    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?m)^(\\s*(?:OPTIONS|IRQBALANCE_ARGS)=)(\"[^\"\\n]*\"|'[^'\\n]*'|[^\\s#]*)");

    private IrqbalanceConfig() {}

    /** The text with these interrupts banned as well. */
    static String withBans(String text, Set<Integer> irqs) {
        Set<Integer> missing = new TreeSet<>(irqs);
        missing.removeAll(Irqbalance.bans(text));
        if (missing.isEmpty()) {
            return text;
        }
        StringBuilder options = new StringBuilder();
        missing.forEach(irq -> options.append(" --banirq=").append(irq));
        Matcher assignment = ASSIGNMENT.matcher(text);
        if (!assignment.find()) {
            String line = "OPTIONS=\"" + options.substring(1) + "\"\n";
            return text.isEmpty() || text.endsWith("\n") ? text + line : text + "\n" + line;
        }
        String value = assignment.group(2);
        boolean quoted = value.startsWith("\"") || value.startsWith("'");
        String bare = quoted ? value.substring(1, value.length() - 1) : value;
        String widened = assignment.group(1) + "\"" + (bare + options).strip() + "\"";
        return text.substring(0, assignment.start()) + widened + text.substring(assignment.end());
    }
}
