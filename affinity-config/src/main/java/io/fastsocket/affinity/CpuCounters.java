package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemFileException;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each CPU has done for the network since the system started. Counters wrap at 2^32.
 *
 * @param cpu the CPU
 * @param processed packets it took through the stack
 * @param dropped packets it dropped since its backlog was full
 * @param timeSqueezed how often it stopped with work left, since its budget was used up
 * @param receivedRps how often another CPU woke it for packets (RPS)
 */
public record CpuCounters(int cpu, long processed, long dropped, long timeSqueezed, long receivedRps) {
    private static final String SOFTNET = "/proc/net/softnet_stat";
    private static final String SOFTIRQS = "/proc/softirqs";
    /** The columns of {@code softnet_seq_show} in {@code net/core/net-procfs.c}. */
    private static final int RECEIVED_RPS = 9;

    private static final int CPU_INDEX = 12;

    /** The lines of {@code /proc/net/softnet_stat}. */
    public static Answer<List<CpuCounters>> read(SystemRoot root) {
        return root.lines(SOFTNET).map(CpuCounters::parse);
    }

    static List<CpuCounters> parse(List<String> lines) {
        List<CpuCounters> counters = new ArrayList<>();
        for (int index = 0; index < lines.size(); index++) {
            String[] words = lines.get(index).strip().split("\\s+");
            // Before Linux 5.10 the CPU is not there, and lines are those of the online CPUs in order.
            int cpu = words.length > CPU_INDEX ? cpu(words, index + 1) : index;
            counters.add(new CpuCounters(
                    cpu,
                    hex(words, 0, index + 1),
                    hex(words, 1, index + 1),
                    hex(words, 2, index + 1),
                    words.length > RECEIVED_RPS ? hex(words, RECEIVED_RPS, index + 1) : 0));
        }
        return List.copyOf(counters);
    }

    private static int cpu(String[] words, int line) {
        long cpu = hex(words, CPU_INDEX, line);
        if (cpu > CpuSet.CPU_MAX) {
            throw SystemFileException.notTheKernels(
                    SOFTNET,
                    line,
                    String.join(" ", words),
                    "a CPU of 0.." + CpuSet.CPU_MAX + " in column " + (CPU_INDEX + 1));
        }
        return (int) cpu;
    }

    private static long hex(String[] words, int column, int line) {
        if (column >= words.length || !words[column].matches("[0-9a-f]{1,8}")) {
            throw SystemFileException.notTheKernels(SOFTNET, line, String.join(" ", words), "hexadecimal columns");
        }
        return Long.parseLong(words[column], 16);
    }

    /** How often each CPU ran this softirq, such as {@code "NET_RX"}: a line of {@code /proc/softirqs}. */
    public static Answer<Map<Integer, Long>> softirqs(SystemRoot root, String name) {
        return root.lines(SOFTIRQS).flatMap(lines -> softirqs(lines, name));
    }

    static Answer<Map<Integer, Long>> softirqs(List<String> lines, String name) {
        for (int index = 1; index < lines.size(); index++) {
            String line = lines.get(index).strip();
            if (line.startsWith(name + ":")) {
                return Answer.known(counts(
                        lines.get(0).strip().split("\\s+"),
                        line.substring(name.length() + 1).strip().split("\\s+"),
                        index + 1));
            }
        }
        return Answer.unsupported("no line " + name + " in " + SOFTIRQS);
    }

    private static Map<Integer, Long> counts(String[] cpus, String[] counts, int line) {
        Map<Integer, Long> byCpu = new TreeMap<>();
        for (int column = 0; column < cpus.length; column++) {
            if (!cpus[column].matches("CPU[0-9]{1,4}")
                    || column >= counts.length
                    || !counts[column].matches("[0-9]{1,18}")) {
                throw SystemFileException.notTheKernels(
                        SOFTIRQS, line, String.join(" ", counts), "a count for each CPU of the first line");
            }
            byCpu.put(Integer.parseInt(cpus[column].substring(3)), Long.parseLong(counts[column]));
        }
        return byCpu;
    }
}
