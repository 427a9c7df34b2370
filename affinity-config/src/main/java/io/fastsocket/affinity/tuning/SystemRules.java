package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.system.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sysctls and limits that servers with many connections meet. */
final class SystemRules {
    private static final String LIMITS_FILE = "/etc/security/limits.d/60-fastsocket.conf";
    private static final int OPEN_FILES = 65_536;
    private static final int QUEUE = 4096;
    private static final Pattern OPEN_FILES_LINE = Pattern.compile("Max open files +[0-9a-z]+ +([0-9]+|unlimited) .*");
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})\\s+([0-9]{1,5})");
    private static final int RANGE_FIRST = 10_240;
    private static final int RANGE_LAST = 65_535;

    private SystemRules() {}

    static List<Setting> settings() {
        List<Setting> settings = new ArrayList<>();
        for (String name : List.of(
                "net/core/somaxconn",
                "net/ipv4/tcp_max_syn_backlog",
                "net/ipv4/ip_local_port_range",
                "net/ipv4/tcp_tw_reuse",
                "fs/nr_open")) {
            settings.add(sysctl(name));
        }
        settings.add(new Setting.ConfigFile(LIMITS_FILE));
        return settings;
    }

    static void check(MachineView machine, TuningWish wish, Findings findings) {
        least("somaxconn", "net/core/somaxconn", QUEUE, "it cuts the backlog of every listener", findings);
        least(
                "syn-backlog",
                "net/ipv4/tcp_max_syn_backlog",
                QUEUE,
                "it bounds the handshakes that wait for their last packet",
                findings);
        if (wish.purpose() == TuningWish.Purpose.PROXY) {
            proxy(findings);
        }
        least("nr-open", "fs/nr_open", OPEN_FILES, "no limit of open files can be higher", findings);
        openFiles(machine, findings);
    }

    private static void proxy(Findings findings) {
        findings.expect(
                "port-range",
                "system",
                sysctl("net/ipv4/ip_local_port_range"),
                RANGE_FIRST + " " + RANGE_LAST,
                SystemRules::isWide,
                "each loop chooses among its share of these ports; put ports in it that you listen on into"
                        + " net.ipv4.ip_local_reserved_ports");
        findings.expect(
                "tw-reuse",
                "system",
                sysctl("net/ipv4/tcp_tw_reuse"),
                "1",
                "a port in TIME_WAIT can go out again after a second; needs tcp_timestamps, which are on by default");
    }

    private static boolean isWide(String range) {
        Matcher matcher = RANGE.matcher(range);
        return matcher.matches()
                && Integer.parseInt(matcher.group(1)) <= RANGE_FIRST
                && Integer.parseInt(matcher.group(2)) >= RANGE_LAST;
    }

    private static void least(String rule, String name, int least, String reason, Findings findings) {
        Predicate<String> enough = found -> SteeringRules.atLeast(found, least);
        findings.expect(rule, "system", sysctl(name), String.valueOf(least), enough, reason);
    }

    /** The hard limit that this process has, or that the next login will have. */
    private static void openFiles(MachineView machine, Findings findings) {
        String reason = "every connection is an open file; a service of systemd needs LimitNOFILE= instead";
        String hard = machine.root().lines("/proc/self/limits").toOptional().orElse(List.of()).stream()
                .map(OPEN_FILES_LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .findFirst()
                .orElse("");
        if (hard.isEmpty()) {
            findings.unknown(
                    "nofile", "system", Answer.unsupported("no limit in /proc/self/limits"), "65536", reason, "");
        } else if (hard.equals("unlimited") || SteeringRules.atLeast(hard, OPEN_FILES)) {
            findings.state("nofile", "system", true, hard, "at least " + OPEN_FILES, reason, "");
        } else {
            findings.expect("nofile", LIMITS_FILE, new Setting.ConfigFile(LIMITS_FILE), limits(), reason);
        }
    }

    private static String limits() {
        return "# Open files for servers with many connections; holds from the next login on.\n"
                + "* soft nofile " + OPEN_FILES + "\n"
                + "* hard nofile " + OPEN_FILES + "\n"
                + "root soft nofile " + OPEN_FILES + "\n"
                + "root hard nofile " + OPEN_FILES + "\n";
    }

    private static Setting sysctl(String name) {
        return new Setting.KernelFile("/proc/sys/" + name);
    }
}
