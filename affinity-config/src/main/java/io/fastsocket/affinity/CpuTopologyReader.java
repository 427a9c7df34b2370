package io.fastsocket.affinity;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads a {@link CpuTopology} from the {@code sys} and {@code proc} trees below a root. */
final class CpuTopologyReader {
    private static final String ALLOWED_PREFIX = "Cpus_allowed_list:";
    private static final Pattern NODE_NAME = Pattern.compile("node([0-9]{1,5})");
    private static final Pattern ID = Pattern.compile("[0-9]{1,9}");
    private static final int UNKNOWN = -1;

    private final Path cpuDirectory;
    private final Path nodeDirectory;
    private final Path status;
    private final int availableProcessors;

    /**
     * @param availableProcessors how many CPUs there are where no file tells
     */
    CpuTopologyReader(Path root, int availableProcessors) {
        this.cpuDirectory = root.resolve("sys/devices/system/cpu");
        this.nodeDirectory = root.resolve("sys/devices/system/node");
        this.status = root.resolve("proc/self/status");
        this.availableProcessors = availableProcessors;
    }

    CpuTopology read() {
        CpuSet leaderMask = leaderMask();
        CpuSet online = cpuList(cpuDirectory.resolve("online"));
        if (online == null) {
            online = guessOnline(leaderMask);
        }
        // A thread that was never narrowed has the mask of all possible CPUs, so it may name CPUs that are off.
        CpuSet allowed = leaderMask == null ? online : leaderMask.intersect(online);
        CpuSet isolated = cpuList(cpuDirectory.resolve("isolated"));
        return new CpuTopology(online, allowed, isolated == null ? CpuSet.empty() : isolated, cpus(online));
    }

    /**
     * The mask of the thread-group leader. {@code /proc/self} is the process, not the calling thread
     * ({@code /proc/thread-self}), and the JVM runs no Java code on the leader, so nothing has pinned it.
     */
    private @Nullable CpuSet leaderMask() {
        String text = SystemFile.read(status);
        return text == null
                ? null
                : text.lines()
                        .filter(line -> line.startsWith(ALLOWED_PREFIX))
                        .findFirst()
                        .map(line -> parseList(status, line.substring(ALLOWED_PREFIX.length())))
                        .orElse(null);
    }

    /** Without {@code /sys}: of the CPUs in the mask, which may be all possible ones, as many as the JVM counts. */
    private CpuSet guessOnline(@Nullable CpuSet leaderMask) {
        return leaderMask == null
                ? CpuSet.of(IntStream.range(0, availableProcessors).toArray())
                : leaderMask.lowest(availableProcessors);
    }

    private List<Cpu> cpus(CpuSet online) {
        Map<Integer, Integer> nodes = nodeByCpu();
        List<Cpu> cpus = new ArrayList<>();
        for (int cpu : online) {
            Path topology = cpuDirectory.resolve("cpu" + cpu).resolve("topology");
            cpus.add(new Cpu(
                    cpu,
                    id(topology.resolve("core_id")),
                    id(topology.resolve("physical_package_id")),
                    nodes.getOrDefault(cpu, UNKNOWN),
                    siblings(topology).intersect(online).union(CpuSet.of(cpu))));
        }
        return cpus;
    }

    private CpuSet siblings(Path topology) {
        CpuSet siblings = cpuList(topology.resolve("core_cpus_list"));
        if (siblings == null) {
            // The name before Linux 5.3.
            siblings = cpuList(topology.resolve("thread_siblings_list"));
        }
        return siblings == null ? CpuSet.empty() : siblings;
    }

    private Map<Integer, Integer> nodeByCpu() {
        Map<Integer, Integer> nodes = new HashMap<>();
        if (!Files.isDirectory(nodeDirectory)) {
            return nodes;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(nodeDirectory, "node[0-9]*")) {
            for (Path entry : entries) {
                var name = NODE_NAME.matcher(entry.getFileName().toString());
                CpuSet cpus = cpuList(entry.resolve("cpulist"));
                if (name.matches() && cpus != null) {
                    int node = Integer.parseInt(name.group(1));
                    cpus.forEach(cpu -> nodes.put(cpu, node));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Not to be listed is the same as not there: the nodes stay unknown.
            return nodes;
        }
        return nodes;
    }

    /** A number from 0, or unknown: some virtual machines write -1. */
    private static int id(Path file) {
        String text = SystemFile.read(file);
        return text != null && ID.matcher(text.strip()).matches() ? Integer.parseInt(text.strip()) : UNKNOWN;
    }

    private static @Nullable CpuSet cpuList(Path file) {
        String text = SystemFile.read(file);
        return text == null ? null : parseList(file, text);
    }

    private static CpuSet parseList(Path file, String text) {
        try {
            return CpuSet.parseList(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cannot read the CPU topology from " + file + ": " + e.getMessage(), e);
        }
    }
}
