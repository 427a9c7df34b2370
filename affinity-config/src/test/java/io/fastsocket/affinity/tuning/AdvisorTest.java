package io.fastsocket.affinity.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.Machine;
import io.fastsocket.affinity.system.SystemRoot;
import io.fastsocket.affinity.tuning.Finding.Verdict;
import io.fastsocket.affinity.tuning.TuningWish.Purpose;
import io.fastsocket.affinity.tuning.TuningWish.Rps;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdvisorTest {
    @TempDir
    Path directory;

    private SystemRoot root;

    // ---- placement

    @Test
    void givesEachQueueOfALargeCardACpuOfItsOwnNearTheCardFirst() {
        Map<String, String> irqs = expected("two-sockets-63-queues", "ens1f0", "irq-affinity");

        assertThat(irqs).hasSize(63);
        assertThat(new HashSet<>(irqs.values())).hasSize(63);
        // Node 1 has CPUs 16-31, the first of their cores, and 48-63, the second ones; then node 0.
        assertThat(irqs)
                .containsEntry("ens1f0 rx-0 irq 201", "16")
                .containsEntry("ens1f0 rx-15 irq 216", "31")
                .containsEntry("ens1f0 rx-16 irq 217", "48")
                .containsEntry("ens1f0 rx-32 irq 233", "0");
    }

    @Test
    void spreadsFewQueuesOverSharesOfCpusThatDoNotOverlap() {
        Map<String, String> shares = expected("smt-2-queues", "eth0", "rps");

        assertThat(shares).containsExactly(Map.entry("eth0 rx-0", "55"), Map.entry("eth0 rx-1", "aa"));
    }

    @Test
    void namesOnlyCpusThatAreOn() {
        assertThat(expected("gaps-4-queues", "eth0", "irq-affinity").values()).containsExactly("0", "1", "4", "6");
    }

    @Test
    void spreadsTheOneQueueOfAVirtualCardOverAllCpus() {
        assertThat(expected("virtio-1-queue", "eth0", "rps")).containsExactly(Map.entry("eth0 rx-0", "f"));
        assertThat(expected("virtio-1-queue", "eth0", "rfs-flows")).containsExactly(Map.entry("eth0 rx-0", "32768"));
        assertThat(expected("virtio-1-queue", "eth0", "rfs-table")).containsExactly(Map.entry("system", "32768"));
    }

    // ---- verdicts

    @Test
    void asksNobodyToSetAnInterruptThatTheKernelManages() {
        List<Finding> findings = advise("managed-irqs", "eth0", Purpose.WEB_SERVER).stream()
                .filter(finding -> finding.rule().equals("irq-affinity"))
                .toList();

        assertThat(findings).extracting(Finding::verdict).containsOnly(Verdict.NOT_SUPPORTED);
        assertThat(findings).allMatch(finding -> finding.change().isEmpty());
        assertThat(findings.get(0).found())
                .isEqualTo("goes to 3; the kernel manages this interrupt, nobody can set it");
    }

    @Test
    void saysInAReadOnlyContainerWhatToRunOnTheHostAndChangesNothing() {
        List<Finding> findings = advise("container-read-only", "eth0", Purpose.WEB_SERVER);

        Finding backlog = only(findings, "somaxconn");
        assertThat(backlog.verdict()).isEqualTo(Verdict.DRIFT);
        assertThat(backlog.remedy())
                .isEqualTo(
                        "/proc/sys is read-only here; on the host: printf '%s\\n' 4096 > /proc/sys/net/core/somaxconn");
        assertThat(only(findings, "irq-affinity").verdict()).isEqualTo(Verdict.NOT_SUPPORTED);
        assertThat(findings)
                .allMatch(finding ->
                        finding.change().isEmpty() || finding.change().get().setting() instanceof Setting.ConfigFile);
    }

    @Test
    void wantsMorePortsAndTheirReuseForAProxyOnly() {
        assertThat(only(advise("virtio-1-queue", "eth0", Purpose.PROXY), "port-range")
                        .expected())
                .isEqualTo("10240 65535");
        assertThat(only(advise("virtio-1-queue", "eth0", Purpose.PROXY), "tw-reuse")
                        .expected())
                .isEqualTo("1");
        assertThat(advise("virtio-1-queue", "eth0", Purpose.WEB_SERVER))
                .noneMatch(finding -> finding.rule().equals("port-range"));
    }

    // ---- what a plan leads to

    @ParameterizedTest
    @CsvSource({
        "two-sockets-63-queues, ens1f0",
        "smt-2-queues, eth0",
        "gaps-4-queues, eth0",
        "virtio-1-queue, eth0",
        "odd-names, br$(x)'"
    })
    void hasNothingLeftToSayWhenAllChangesWereMade(String machine, String interfaceName) throws Exception {
        List<Finding> before = advise(machine, interfaceName, Purpose.PROXY);
        SystemTunables tunables = new SystemTunables(root);

        assertThat(before).anyMatch(finding -> finding.change().isPresent());
        for (Finding finding : before) {
            if (finding.change().isPresent()) {
                tunables.write(
                        finding.change().get().setting(),
                        Optional.of(finding.change().get().to()));
            }
        }

        assertThat(new Advisor(root, tunables).advise(wish(interfaceName, Purpose.PROXY)))
                .noneMatch(finding -> finding.change().isPresent())
                .noneMatch(finding -> finding.verdict() == Verdict.DRIFT);
    }

    @Test
    void writesAScriptThatDoesTheSameAndTakesNoNameForACommand() throws Exception {
        List<Finding> findings = advise("odd-names", "br$(x)'", Purpose.PROXY);
        String script = ShellScript.of(findings)
                .replace("'/sys/", "'" + directory + "/sys/")
                .replace(" > /proc/", " > " + directory + "/proc/");

        Process shell =
                new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).start();
        assertThat(new String(shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(shell.waitFor()).isZero();

        assertThat(new Advisor(root, new SystemTunables(root)).advise(wish("br$(x)'", Purpose.PROXY)))
                .noneMatch(finding -> finding.change().isPresent());
    }

    @Test
    void leadsToALayoutWithALoopForEachCpuThatGetsPackets() {
        advise("smt-2-queues", "eth0", Purpose.WEB_SERVER);

        assertThat(new Advisor(root, new SystemTunables(root))
                        .layout(wish("eth0", Purpose.WEB_SERVER))
                        .toYaml())
                .contains("interface: eth0")
                .contains("- {loop: 1, cpu: 1, queues: [1]}")
                .contains("- {loop: 2, cpu: 2, queues: [0]}");
    }

    // ----

    private List<Finding> advise(String machine, String interfaceName, Purpose purpose) {
        if (root == null) {
            Machine.unpack(machine, directory);
            root = SystemRoot.recorded(directory);
        }
        return new Advisor(root, new SystemTunables(root)).advise(wish(interfaceName, purpose));
    }

    private Map<String, String> expected(String machine, String interfaceName, String rule) {
        return advise(machine, interfaceName, Purpose.WEB_SERVER).stream()
                .filter(finding -> finding.rule().equals(rule))
                .collect(Collectors.toMap(
                        Finding::subject, Finding::expected, (one, other) -> one, java.util.LinkedHashMap::new));
    }

    private static Finding only(List<Finding> findings, String rule) {
        List<Finding> found =
                findings.stream().filter(finding -> finding.rule().equals(rule)).toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private static TuningWish wish(String interfaceName, Purpose purpose) {
        return new TuningWish(List.of(interfaceName), purpose, Optional.empty(), false, Rps.AUTO, OptionalInt.empty());
    }

    /** Not to be confused by a rule that is not there. */
    @Test
    void namesEveryRuleOnce() {
        Set<String> rules = advise("two-sockets-63-queues", "ens1f0", Purpose.PROXY).stream()
                .map(Finding::rule)
                .collect(Collectors.toSet());

        assertThat(rules).contains("channel-count", "irq-affinity", "rps", "xps", "rss-table", "rss-fields", "nofile");
    }
}
