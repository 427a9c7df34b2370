package io.fastsocket.transport.kernel;

import java.util.regex.Pattern;

/** Names that network interfaces can have, so that a wrong one is an argument's fault and not the kernel's answer. */
final class InterfaceName {
    /** IFNAMSIZ less the NUL. */
    private static final Pattern POSSIBLE = Pattern.compile("[!-~&&[^/:]]{1,15}");

    private InterfaceName() {}

    static String require(String name) {
        if (!POSSIBLE.matcher(name).matches()) {
            String shown = name.substring(0, Math.min(name.length(), 60)).replaceAll("[^ -~]", "?");
            throw new IllegalArgumentException("cannot attach an XDP program: interface=\"" + shown
                    + "\" (expected 1 to 15 characters of ASCII without blank, slash and colon): no interface can have"
                    + " this name; fix: name one that `ip link` shows");
        }
        return name;
    }
}
