package io.fastsocket.transport.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which capabilities that XDP needs the current thread has not, see capabilities(7). */
final class ProcessCapabilities {
    private static final Path STATUS = Path.of("/proc/thread-self/status");
    private static final String EFFECTIVE = "CapEff:";

    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_BPF = 39;

    private ProcessCapabilities() {}

    /** The names of the missing ones; both, when it cannot be known. */
    static List<String> missing() {
        try {
            return missing(Files.readAllLines(STATUS));
        } catch (IOException | NumberFormatException unknown) {
            return missing(0);
        }
    }

    static List<String> missing(List<String> status) {
        return missing(status.stream()
                .filter(line -> line.startsWith(EFFECTIVE))
                .map(line -> Long.parseUnsignedLong(
                        line.substring(EFFECTIVE.length()).strip(), 16))
                .findFirst()
                .orElse(0L));
    }

    private static List<String> missing(long effective) {
        List<String> names = new ArrayList<>();
        // Before Linux 5.8 there is no CAP_BPF, and since then CAP_SYS_ADMIN holds it.
        if (!has(effective, CAP_BPF) && !has(effective, CAP_SYS_ADMIN)) {
            names.add("CAP_BPF");
        }
        if (!has(effective, CAP_NET_ADMIN) && !has(effective, CAP_SYS_ADMIN)) {
            names.add("CAP_NET_ADMIN");
        }
        return names;
    }

    private static boolean has(long effective, int capability) {
        return (effective >>> capability & 1) == 1;
    }
}
