package io.fastsocket.affinity;

import io.fastsocket.affinity.system.ErrorText;
import java.nio.charset.StandardCharsets;

/** The kernel's rules for the name of a network interface, which becomes a part of file names. */
public final class InterfaceName {
    /** IFNAMSIZ without the NUL. */
    private static final int BYTES_MAX = 15;

    private InterfaceName() {}

    /**
     * Answers the name itself when the kernel would take it ({@code dev_valid_name} in {@code net/core/dev.c}).
     *
     * @throws IllegalArgumentException if it is empty, longer than 15 bytes, {@code .} or {@code ..}, or has a slash, a colon
     *     or a blank
     */
    public static String require(String name) {
        boolean valid = !name.isEmpty()
                && name.getBytes(StandardCharsets.UTF_8).length <= BYTES_MAX
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == ':' || c == 0 || Character.isWhitespace(c));
        if (!valid) {
            throw new IllegalArgumentException("cannot use a network interface: interface=" + ErrorText.quoted(name)
                    + " (expected 1 to 15 bytes without slash, colon and blank): no interface can have this name; fix: name"
                    + " one that `ip link` shows");
        }
        return name;
    }
}
