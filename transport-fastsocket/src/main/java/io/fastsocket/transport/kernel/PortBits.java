package io.fastsocket.transport.kernel;

import java.util.List;

/**
 * Which CPU a local port belongs to: inside a reserved range the lowest bits of the port, its residue, choose the CPU.
 * The same arithmetic chooses the port of an outgoing connection and, in {@link XdpPortSteering}, the CPU of its packets.
 *
 * @param firstPort first port of the range, 1 to 65 535, a multiple of the number of residues
 * @param portCount ports in the range, a multiple of the number of residues; the last one is at most 65 535
 * @param cpuByResidue one CPU number for each residue, 0 to {@value #CPU_MAX}, or {@link #LEAVE}; the number of residues
 *     is a power of two
 */
public record PortBits(int firstPort, int portCount, List<Integer> cpuByResidue) {
    /** Packets to ports of this residue stay on the CPU that received them. */
    public static final int LEAVE = -1;

    /** What {@link #cpuOf} answers for a port outside the range: the same as {@link #LEAVE}. */
    private static final int OUTSIDE = LEAVE;

    private static final int PORTS = 1 << 16;
    /** Linux knows no machine with more: CONFIG_NR_CPUS ends at 8192. */
    private static final int CPU_MAX = 8191;

    public PortBits {
        cpuByResidue = List.copyOf(cpuByResidue);
        int residues = cpuByResidue.size();
        require(
                Integer.bitCount(residues) == 1,
                "residues=" + residues + " (expected a power of two)",
                "a residue is the lowest bits of a port",
                "repeat CPUs, or give -1, up to the next power of two");
        require(
                firstPort > 0 && firstPort < PORTS && firstPort % residues == 0,
                "firstPort=" + firstPort + " (expected 1 to 65535, a multiple of " + residues + ")",
                "the range begins with residue 0",
                "round it up to a multiple");
        require(
                portCount > 0 && portCount <= PORTS - firstPort && portCount % residues == 0,
                "portCount=" + portCount + " (expected 1 to " + (PORTS - firstPort) + ", a multiple of " + residues
                        + ")",
                "each residue has as many ports, and ports end at 65535",
                "round it down to a multiple");
        for (int cpu : cpuByResidue) {
            require(
                    cpu == LEAVE || (cpu >= 0 && cpu <= CPU_MAX),
                    "cpu=" + cpu + " (expected 0 to " + CPU_MAX + ", or -1)",
                    "no CPU has this number",
                    "give a CPU number, or -1 to leave packets where they are");
        }
        require(
                cpuByResidue.stream().anyMatch(cpu -> cpu != LEAVE),
                "cpuByResidue=" + shortened(cpuByResidue) + " (expected a CPU)",
                "every packet would stay where it is",
                "give the CPU of at least one residue");
    }

    /** The lowest bits of a port, 0 to the number of residues less one. */
    public int residueOf(int port) {
        return port & (cpuByResidue.size() - 1);
    }

    public boolean contains(int port) {
        return port >= firstPort && port - firstPort < portCount;
    }

    /** The CPU for packets to this local port, or {@link #LEAVE}. */
    public int cpuOf(int port) {
        return contains(port) ? cpuByResidue.get(residueOf(port)) : OUTSIDE;
    }

    private static void require(boolean holds, String wrong, String cause, String fix) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "cannot encode CPUs in local ports: " + wrong + ": " + cause + "; fix: " + fix);
        }
    }

    private static String shortened(List<Integer> cpus) {
        return cpus.size() <= 8 ? cpus.toString() : cpus.subList(0, 8) + "…";
    }
}
