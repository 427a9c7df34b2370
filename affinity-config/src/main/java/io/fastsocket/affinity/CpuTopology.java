package io.fastsocket.affinity;

import io.fastsocket.affinity.system.SystemRoot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What CPUs the machine has, how they share cores, and which of them this process may use: a picture taken when it was
 * read.
 *
 * <p>Whatever the system does not tell is filled in: without {@code topology} files (some containers) every CPU is a
 * core of its own; without {@code /sys} and {@code /proc} (not Linux) the CPUs are {@code 0..n-1}, where n is what
 * {@link Runtime#availableProcessors()} says. Instances are immutable and safe for use by any thread.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/cputopology.html">How CPU topology info is exported via sysfs</a>
 */
public final class CpuTopology {
    private final CpuSet online;
    private final CpuSet allowed;
    private final CpuSet isolated;
    private final List<Cpu> cpus;
    private final List<Cache> caches;

    CpuTopology(CpuSet online, CpuSet allowed, CpuSet isolated, List<Cpu> cpus, List<Cache> caches) {
        this.online = online;
        this.allowed = allowed;
        this.isolated = isolated;
        this.cpus = List.copyOf(cpus);
        this.caches = List.copyOf(caches);
    }

    /**
     * Reads this machine. It may be called on any thread, a pinned one included.
     *
     * @throws IllegalArgumentException if a file of the system has contents that the kernel never writes
     */
    public static CpuTopology read() {
        return read(SystemRoot.live());
    }

    /**
     * Reads the {@code sys} and {@code proc} trees below {@code root}, for example those of a recorded machine.
     *
     * @param root the directory that stands for {@code /}
     * @throws IllegalArgumentException if a CPU list in the tree is malformed; the text names the file
     */
    public static CpuTopology read(Path root) {
        return read(SystemRoot.recorded(root));
    }

    /** The same for a machine that may be recorded. */
    public static CpuTopology read(SystemRoot root) {
        return new CpuTopologyReader(root, Runtime.getRuntime().availableProcessors()).read();
    }

    /** The CPUs that are switched on. There may be gaps. */
    public CpuSet online() {
        return online;
    }

    /**
     * The online CPUs this process may run on: the cgroup's cpuset and {@code taskset} are heeded. It is the mask of the
     * process's first thread, which the JVM leaves alone, so that it holds whatever thread asks; what an application pins
     * its own threads to does not show.
     */
    public CpuSet allowed() {
        return allowed;
    }

    /** The CPUs that {@code isolcpus=} keeps free of ordinary load; most often empty. */
    public CpuSet isolated() {
        return isolated;
    }

    /** The online CPUs, ascending by number. */
    public List<Cpu> cpus() {
        return cpus;
    }

    /** The caches of the online CPUs, each once; none where the system does not tell. */
    public List<Cache> caches() {
        return caches;
    }

    /**
     * The online CPUs of each physical core, ascending by the cores' lowest CPU; each CPU is in exactly one. Cores are told
     * apart by the CPUs they share and not by core id, which repeats from package to package.
     */
    public List<CpuSet> physicalCores() {
        List<CpuSet> cores = new ArrayList<>();
        CpuSet seen = CpuSet.empty();
        for (Cpu cpu : cpus) {
            if (!seen.contains(cpu.cpu())) {
                CpuSet core = cpu.siblings().minus(seen);
                cores.add(core);
                seen = seen.union(core);
            }
        }
        return List.copyOf(cores);
    }
}
