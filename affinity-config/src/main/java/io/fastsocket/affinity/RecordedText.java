package io.fastsocket.affinity;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Takes out of a file what would tell whose machine it is, where its format has room for that. */
final class RecordedText {
    /** Of the kernel's command line, what decides where work is done; others may hold addresses, keys and names. */
    private static final Set<String> KERNEL_PARAMETERS = Set.of(
            "isolcpus",
            "nohz",
            "nohz_full",
            "rcu_nocbs",
            "irqaffinity",
            "nosmt",
            "maxcpus",
            "nr_cpus",
            "possible_cpus",
            "numa",
            "numa_balancing",
            "threadirqs",
            "idle",
            "processor.max_cstate",
            "intel_idle.max_cstate",
            "intel_pstate",
            "amd_pstate",
            "mitigations");

    private static final List<String> STATUS_LINES = List.of("Cpus_allowed", "Mems_allowed", "Cap");
    /** "Linux version 6.18.44"; who built it, and where, follows. */
    private static final int VERSION_WORDS = 3;

    private RecordedText() {}

    static String of(String file, String text) {
        return switch (file) {
            case "/proc/cmdline" ->
                words(text)
                        .filter(word -> KERNEL_PARAMETERS.contains(word.split("=", 2)[0]))
                        .collect(Collectors.joining(" ", "", "\n"));
            case "/proc/version" -> words(text).limit(VERSION_WORDS).collect(Collectors.joining(" ", "", "\n"));
            case "/proc/self/status" ->
                text.lines()
                        .filter(line -> STATUS_LINES.stream().anyMatch(line::startsWith))
                        .map(line -> line + "\n")
                        .collect(Collectors.joining());
            case "/proc/self/mounts" -> text.lines().map(RecordedText::mount).collect(Collectors.joining());
            default -> text;
        };
    }

    /** Where the kernel's own files are, and whether they are read-only: nothing of other places, devices and options. */
    private static String mount(String line) {
        String[] words = line.split(" ", -1);
        boolean ours = words.length > 3 && words[1].matches("/|/(?:sys|proc)(?:/.*)?");
        String mode = ours && List.of(words[3].split(",", -1)).contains("ro") ? "ro" : "rw";
        return ours ? "none " + words[1] + " none " + mode + " 0 0\n" : "";
    }

    private static Stream<String> words(String text) {
        return Stream.of(text.split("\\s+", -1)).filter(word -> !word.isEmpty());
    }
}
