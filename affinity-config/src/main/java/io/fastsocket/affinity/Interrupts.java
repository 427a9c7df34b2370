package io.fastsocket.affinity;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.SystemFileException;
import io.fastsocket.affinity.system.SystemRoot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How often each interrupt was taken on each CPU, and who takes it: {@code /proc/interrupts}.
 *
 * @param cpus the CPUs of the columns, in their order
 * @param lines the numbered interrupts, by number in the file's order
 */
public record Interrupts(List<Integer> cpus, Map<Integer, Line> lines) {
    /**
     * One interrupt.
     *
     * @param irq its number
     * @param name of the handlers, as the kernel lists them: {@code "virtio0-input.0"}, {@code "acpi, i2c"}; empty: none
     * @param counts how often it was taken since the system started, one for each of {@link Interrupts#cpus()}
     */
    public record Line(int irq, String name, List<Long> counts) {}

    static final String FILE = "/proc/interrupts";

    private static final Pattern CPU_NAME = Pattern.compile("CPU([0-9]{1,4})");
    private static final Pattern NUMBERED = Pattern.compile("\\s*([0-9]{1,9}):\\s*(.*)");
    /** Chip, hardware number, and how it triggers: {@code "PCI-MSIX-0000:00:03.0   1-edge"}, {@code "GICv3 27 Level"}. */
    private static final Pattern CHIP =
            Pattern.compile("\\S+(?: \\S+)*?\\s+[0-9]+(?:\\s+(?:Edge|Level))?(?:-\\S+)?(?:\\s+(\\S.*))?");

    public Interrupts {
        cpus = List.copyOf(cpus);
    }

    /** Reads them; {@link SystemFileException} names the line of a malformed file. */
    public static Answer<Interrupts> read(SystemRoot root) {
        return root.lines(FILE).map(Interrupts::parse);
    }

    static Interrupts parse(List<String> lines) {
        List<Integer> cpus = lines.isEmpty() ? List.of() : header(lines.get(0));
        Map<Integer, Line> parsed = new LinkedHashMap<>();
        for (int index = 1; index < lines.size(); index++) {
            Matcher numbered = NUMBERED.matcher(lines.get(index));
            // NMI, LOC and the like are no interrupts that anybody can place.
            if (numbered.matches()) {
                int irq = Integer.parseInt(numbered.group(1));
                parsed.put(irq, line(irq, numbered.group(2), cpus.size(), index + 1));
            }
        }
        return new Interrupts(cpus, parsed);
    }

    private static List<Integer> header(String line) {
        List<Integer> cpus = new ArrayList<>();
        for (String word : line.strip().split("\\s+", -1)) {
            Matcher name = CPU_NAME.matcher(word);
            if (!name.matches()) {
                throw SystemFileException.notTheKernels(FILE, 1, word, "CPU and a number, as CPU0");
            }
            cpus.add(Integer.parseInt(name.group(1)));
        }
        return cpus;
    }

    private static Line line(int irq, String rest, int columns, int lineNumber) {
        String left = rest;
        List<Long> counts = new ArrayList<>(columns);
        for (int column = 0; column < columns; column++) {
            int end = 0;
            while (end < left.length() && left.charAt(end) >= '0' && left.charAt(end) <= '9') {
                end++;
            }
            if (end == 0 || end > 18) {
                throw SystemFileException.notTheKernels(
                        FILE, lineNumber, left, "a count for each of " + columns + " CPUs");
            }
            counts.add(Long.parseLong(left.substring(0, end)));
            left = left.substring(end).stripLeading();
        }
        Matcher chip = CHIP.matcher(left);
        String name = chip.matches() && chip.group(1) != null ? chip.group(1) : "";
        return new Line(irq, name.strip(), List.copyOf(counts));
    }
}
