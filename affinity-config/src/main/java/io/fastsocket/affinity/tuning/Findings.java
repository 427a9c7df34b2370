package io.fastsocket.affinity.tuning;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.tuning.Finding.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Collects what rules find. Used by one thread. */
final class Findings {
    private final MachineView machine;
    private final List<Finding> findings = new ArrayList<>();
    private final List<Change> wanted = new ArrayList<>();

    Findings(MachineView machine) {
        this.machine = machine;
    }

    List<Finding> all() {
        return List.copyOf(findings);
    }

    /** Every setting that is there and the value it should have, whether it has it or not. */
    List<Change> wanted() {
        return List.copyOf(wanted);
    }

    /** A setting is to have a value. */
    void expect(String rule, String subject, Setting setting, String expected, String reason) {
        expect(rule, subject, setting, expected, found -> Values.same(setting, found, expected), reason);
    }

    /** A setting is to have this value or one that is as good. */
    void expect(String rule, String subject, Setting setting, String expected, Predicate<String> good, String reason) {
        Answer<String> now = machine.tunables().read(setting);
        if (now instanceof Answer.Known<String> known) {
            boolean right = good.test(known.value());
            wanted.add(new Change(
                    setting, Optional.of(known.value()), right && !isList(setting) ? known.value() : expected));
            Change change = new Change(setting, Optional.of(known.value()), expected);
            boolean reachable = hostOf(setting).isEmpty();
            findings.add(new Finding(
                    rule,
                    subject,
                    right ? Verdict.OK : Verdict.DRIFT,
                    shown(known.value()),
                    shown(expected),
                    reason,
                    right ? "" : hostOf(setting) + ShellScript.command(change),
                    right || !reachable ? Optional.empty() : Optional.of(change)));
        } else if (setting instanceof Setting.ConfigFile && now instanceof Answer.Unsupported) {
            Change change = new Change(setting, Optional.empty(), expected);
            findings.add(new Finding(
                    rule,
                    subject,
                    Verdict.DRIFT,
                    "no such file",
                    shown(expected),
                    reason,
                    ShellScript.command(change),
                    Optional.of(change)));
        } else {
            unknown(
                    rule,
                    subject,
                    now,
                    expected,
                    reason,
                    "on the host: " + ShellScript.command(new Change(setting, Optional.empty(), expected)));
        }
    }

    /** A table that is as good as "equal 8" is still exported as that. */
    private static boolean isList(Setting setting) {
        return setting instanceof Setting.IndirectionTable;
    }

    /** What is known is right or wrong, and no setting of ours mends it. */
    void state(
            String rule, String subject, boolean right, String found, String expected, String reason, String remedy) {
        findings.add(new Finding(
                rule,
                subject,
                right ? Verdict.OK : Verdict.DRIFT,
                found,
                expected,
                reason,
                right ? "" : remedy,
                Optional.empty()));
    }

    /** The system did not say; where it has no such thing, that is no drift. */
    void unknown(String rule, String subject, Answer<?> answer, String expected, String reason, String remedy) {
        findings.add(new Finding(
                rule,
                subject,
                answer instanceof Answer.Unsupported ? Verdict.NOT_SUPPORTED : Verdict.UNKNOWN,
                answer.whyNot().orElse(""),
                shown(expected),
                reason,
                remedy,
                Optional.empty()));
    }

    /** In a container that may look and not touch, the change is for whoever runs the host. */
    private String hostOf(Setting setting) {
        String mount = setting instanceof Setting.KernelFile file ? mountOf(file.path()) : "/";
        boolean readOnly =
                setting instanceof Setting.KernelFile && machine.root().isReadOnly(mount);
        return readOnly ? mount + " is read-only here; on the host: " : "";
    }

    private static String mountOf(String path) {
        return path.startsWith("/sys/") ? "/sys" : path.startsWith("/proc/irq/") ? "/proc/irq" : "/proc/sys";
    }

    /** One line, and not a long one. */
    private static String shown(String value) {
        String line = value.strip().replaceAll("\\s+", " ");
        return line.isEmpty() ? "-" : line.length() > 60 ? line.substring(0, 57) + "..." : line;
    }
}
