package io.fastsocket.affinity.tuning;

import java.util.Optional;

/**
 * What one rule says of one thing.
 *
 * @param rule the rule's name, such as {@code "irq-affinity"}; the same for every thing it looks at
 * @param subject what it looked at, such as {@code "eth0 rx-3 irq 31"}
 * @param verdict what it found
 * @param found the value that is there, or why it is not known
 * @param expected the value that should be there
 * @param reason why it should
 * @param remedy what to do, for a person: a command, or a sentence that says what to run on the host; empty when OK
 * @param change the step that mends it; empty when there is nothing to mend, or this tool cannot
 */
public record Finding(
        String rule,
        String subject,
        Verdict verdict,
        String found,
        String expected,
        String reason,
        String remedy,
        Optional<Change> change) {
    /** What a rule finds. */
    public enum Verdict {
        /** As it should be. */
        OK,
        /** Not as it should be. */
        DRIFT,
        /** This kernel, driver or container has no such thing. */
        NOT_SUPPORTED,
        /** There is such a thing, and the system did not tell. */
        UNKNOWN
    }
}
