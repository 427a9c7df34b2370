package io.fastsocket.affinity;

import io.fastsocket.affinity.system.SystemFileException;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads a {@link CpuTopology} from the {@code sys} and {@code proc} trees below a root. */
final class CpuTopologyReader {
    private static final String ALLOWED_PREFIX = "Cpus_allowed_list:";
    private static final Pattern NODE_NAME = Pattern.compile("node([0-9]{1,5})");
    private static final Pattern ID = Pattern.compile("[0-9]{1,9}");
    private static final int UNKNOWN = -1;

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})K");
    private static final String CPU = "/sys/devices/system/cpu/";
    private static final String NODE = "/sys/devices/system/node/";
    private static final String STATUS = "/proc/self/status";

    private final SystemRoot root;
    private final int availableProcessors;

    /**
     * @param availableProcessors how many CPUs there are where no file tells
     */
    CpuTopologyReader(SystemRoot root, int availableProcessors) {
        this.root = root;
        this.availableProcessors = availableProcessors;
    }

    CpuTopology read() {
        CpuSet leaderMask = leaderMask();
        CpuSet online = cpuList(CPU + "online");
        if (online == null) {
            online = guessOnline(leaderMask);
        }
        // A thread that was never narrowed has the mask of all possible CPUs, so it may name CPUs that are off.
        CpuSet allowed = leaderMask == null ? online : leaderMask.intersect(online);
        CpuSet isolated = cpuList(CPU + "isolated");
        return new CpuTopology(
                online, allowed, isolated == null ? CpuSet.empty() : isolated, cpus(online), caches(online));
    }

    /**
     * The mask of the thread-group leader. {@code /proc/self} is the process, not the calling thread
     * ({@code /proc/thread-self}), and the JVM runs no Java code on the leader, so nothing has pinned it.
     */
    private @Nullable CpuSet leaderMask() {
        List<String> lines = root.lines(STATUS).toOptional().orElse(List.of());
        for (int index = 0; index < lines.size(); index++) {
            String line = lines.get(index);
            if (line.startsWith(ALLOWED_PREFIX)) {
                return parseList(STATUS, index + 1, line.substring(ALLOWED_PREFIX.length()));
            }
        }
        return null;
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
            String topology = CPU + "cpu" + cpu + "/topology/";
            cpus.add(new Cpu(
                    cpu,
                    id(topology + "core_id"),
                    id(topology + "physical_package_id"),
                    nodes.getOrDefault(cpu, UNKNOWN),
                    siblings(topology).intersect(online).union(CpuSet.of(cpu))));
        }
        return cpus;
    }

    private CpuSet siblings(String topology) {
        CpuSet siblings = cpuList(topology + "core_cpus_list");
        if (siblings == null) {
            // The name before Linux 5.3.
            siblings = cpuList(topology + "thread_siblings_list");
        }
        return siblings == null ? CpuSet.empty() : siblings;
    }

    private Map<Integer, Integer> nodeByCpu() {
        Map<Integer, Integer> nodes = new HashMap<>();
        for (String name : root.names(NODE)) {
            Matcher matcher = NODE_NAME.matcher(name);
            CpuSet cpus = matcher.matches() ? cpuList(NODE + name + "/cpulist") : null;
            if (cpus != null) {
                int node = Integer.parseInt(matcher.group(1));
                cpus.forEach(cpu -> nodes.put(cpu, node));
            }
        }
        return nodes;
    }

    /** Each cache once, although every CPU that shares it lists it. */
    private List<Cache> caches(CpuSet online) {
        Set<Cache> caches = new LinkedHashSet<>();
        for (int cpu : online) {
            String directory = CPU + "cpu" + cpu + "/cache/";
            for (String index : root.names(directory)) {
                CpuSet sharing = index.startsWith("index") ? cpuList(directory + index + "/shared_cpu_list") : null;
                if (sharing != null) {
                    String files = directory + index + "/";
                    caches.add(new Cache(
                            id(files + "level"),
                            root.value(files + "type").toOptional().orElse(""),
                            sharing.intersect(online).union(CpuSet.of(cpu)),
                            kibibytes(files + "size") * 1024L));
                }
            }
        }
        return List.copyOf(caches);
    }

    private long kibibytes(String file) {
        Matcher size = SIZE.matcher(root.value(file).toOptional().orElse(""));
        return size.matches() ? Long.parseLong(size.group(1)) : 0;
    }

    /** A number from 0, or unknown: some virtual machines write -1. */
    private int id(String file) {
        String text = root.value(file).toOptional().orElse("");
        return ID.matcher(text).matches() ? Integer.parseInt(text) : UNKNOWN;
    }

    private @Nullable CpuSet cpuList(String file) {
        String text = root.value(file).toOptional().orElse(null);
        return text == null ? null : parseList(file, 1, text);
    }

    private static CpuSet parseList(String file, int line, String text) {
        try {
            return CpuSet.parseList(text.strip());
        } catch (IllegalArgumentException e) {
            throw new SystemFileException(
                    file, line, "cannot read the CPU topology from " + file + ":" + line + ": " + e.getMessage());
        }
    }
}
