package io.fastsocket.transport.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * The CPUs that run. A thread of the kernel serves each CPU of a cpumap, and on one that is offline nobody would take
 * packets from its queue.
 */
final class OnlineCpus {
    private static final Path FILE = Path.of("sys/devices/system/cpu/online");
    /** Linux knows no machine with more. */
    private static final int CPU_MAX = 8191;

    private OnlineCpus() {}

    /**
     * @param root where the system's files are, {@code /}, or a recorded machine's
     * @throws IOException when the file cannot be read or is no list of CPUs
     */
    static BitSet read(Path root) throws IOException {
        String list = Files.readString(root.resolve(FILE)).strip();
        BitSet cpus = new BitSet();
        try {
            for (String range : list.split(",", -1)) {
                int dash = range.indexOf('-');
                int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                int last = Integer.parseInt(range.substring(dash + 1));
                if (first < 0 || last < first || last > CPU_MAX) {
                    throw new NumberFormatException(range);
                }
                cpus.set(first, last + 1);
            }
        } catch (NumberFormatException noList) {
            throw new IOException("cannot read the CPUs that are online: file=" + FILE
                    + " (expected a list such as 0-3,8): it is no list; fix: look at the file");
        }
        return cpus;
    }
}
