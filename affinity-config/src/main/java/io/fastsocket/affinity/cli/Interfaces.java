package io.fastsocket.affinity.cli;

import io.fastsocket.affinity.NicQueues;
import io.fastsocket.affinity.system.ErrorText;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.List;

/** Interfaces that a user names. */
final class Interfaces {
    private Interfaces() {}

    /** Answers the names when there are interfaces of all of them. */
    static List<String> require(SystemRoot root, List<String> names) {
        List<String> known = NicQueues.interfaces(root);
        for (String name : names) {
            if (!known.contains(name)) {
                throw new CommandFailed(
                        CommandFailed.WRONG_USAGE,
                        "there is no interface " + ErrorText.quoted(name)
                                + (root.isLive() ? " in this network namespace" : "") + "; there are: "
                                + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
        }
        return names;
    }
}
