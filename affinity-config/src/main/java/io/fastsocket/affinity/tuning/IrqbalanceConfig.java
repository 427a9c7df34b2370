package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.Irqbalance;
import io.fastsocket.affinity.system.SystemFileException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Edits irqbalance's file of environment variables, and leaves every byte that is not ours as it is. */
final class IrqbalanceConfig {
    /** What systemd units of today pass on; init scripts of before 2020 passed OPTIONS. */
    private static final String VARIABLE = "IRQBALANCE_ARGS";

    /** Lines end where the shell and systemd say so, not at what Unicode has besides. */
    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?md)^([ \\t]*(IRQBALANCE_ARGS|OPTIONS)=)([^\\r\\n]*)(\\r?)$");
    /** A whole value: in quotes or not, and nothing after it but a comment. Escapes are left to those who wrote them. */
    private static final Pattern VALUE =
            Pattern.compile("(?d)(\"[^\"\\\\]*\"|'[^']*'|[^\\s#\"'\\\\]*)([ \\t]*|[ \\t]+#.*)");

    private IrqbalanceConfig() {}

    /**
     * The text with these interrupts banned as well.
     *
     * @throws SystemFileException if the line to be widened is of a form that cannot be widened safely
     */
    static String withBans(String file, String text, Set<Integer> irqs) {
        Set<Integer> missing = new TreeSet<>(irqs);
        missing.removeAll(Irqbalance.bans(text));
        if (missing.isEmpty()) {
            return text;
        }
        StringBuilder options = new StringBuilder();
        missing.forEach(irq -> options.append(" --banirq=").append(irq));
        Matcher assignment = effective(text);
        if (assignment == null) {
            String line = VARIABLE + "=\"" + options.substring(1) + "\"\n";
            return text.isEmpty() || text.endsWith("\n") ? text + line : text + "\n" + line;
        }
        Matcher value = VALUE.matcher(assignment.group(3));
        if (!value.matches()) {
            throw unsafe(file, text, assignment);
        }
        return text.substring(0, assignment.start(3))
                + widened(value.group(1), options.toString())
                + value.group(2)
                + text.substring(assignment.end(3));
    }

    /** The assignment that counts: the last one, of the variable that is passed on. */
    private static @Nullable Matcher effective(String text) {
        Matcher assignments = ASSIGNMENT.matcher(text);
        int last = -1;
        boolean today = false;
        while (assignments.find()) {
            boolean isToday = assignments.group(2).equals(VARIABLE);
            if (isToday || !today) {
                last = assignments.start();
                today = isToday;
            }
        }
        return last >= 0 && assignments.find(last) ? assignments : null;
    }

    private static String widened(String value, String options) {
        boolean quoted = value.startsWith("\"") || value.startsWith("'");
        char quote = quoted ? value.charAt(0) : '"';
        String bare = quoted ? value.substring(1, value.length() - 1) : value;
        return quote + (bare + options).strip() + quote;
    }

    private static SystemFileException unsafe(String file, String text, Matcher assignment) {
        int line = (int) text.substring(0, assignment.start(3))
                        .chars()
                        .filter(c -> c == '\n')
                        .count()
                + 1;
        return new SystemFileException(
                file,
                line,
                "cannot add bans to " + file + ":" + line + ": " + assignment.group(2)
                        + " (expected one value, in quotes that are closed, without backslashes): the line is of another form;"
                        + " fix: write it so, or add the options --banirq=N there yourself");
    }
}
