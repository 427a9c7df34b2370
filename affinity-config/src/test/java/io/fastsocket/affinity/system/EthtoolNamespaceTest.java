package io.fastsocket.affinity.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reads and sets real drivers, veth and tap, in a network namespace of its own, and compares with ethtool(8). */
@Tag("namespace")
class EthtoolNamespaceTest {
    private final String namespace = "fs-ethtool-" + ProcessHandle.current().pid();

    @BeforeEach
    void aNamespace() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "root, to make a network namespace");
        run("ip", "netns", "add", namespace);
        run(("ip -n " + namespace + " link add v0 numtxqueues 4 numrxqueues 4 type veth peer name v1 numtxqueues 4"
                        + " numrxqueues 4")
                .split(" ", -1));
        run(("ip -n " + namespace + " tuntap add t0 mode tap multi_queue").split(" ", -1));
    }

    @AfterEach
    void noNamespace() throws Exception {
        run("ip", "netns", "del", namespace);
    }

    @Test
    void setsTheQueuesOfAVeth() throws Exception {
        assertThat(probe("v0", "channels", "set channels rx 2 tx 3", "channels"))
                .containsExactly("rx 4 tx 4", "set", "rx 2 tx 3");
        assertThat(ethtool("-l", "v0")).containsSubsequence("RX:\t\t4", "TX:\t\t4", "RX:\t\t2", "TX:\t\t3");

        assertThat(probe("v0", "set channels rx 4 tx 4", "channels")).containsExactly("set", "rx 4 tx 4");
        assertThat(ethtool("-l", "v0")).containsSubsequence("RX:\t\t4", "TX:\t\t4", "RX:\t\t4", "TX:\t\t4");
    }

    @Test
    void saysThatAVethHasNotSoManyQueues() throws Exception {
        assertThat(probe("v0", "set channels rx 5 tx 4", "channels"))
                .containsExactly(
                        "cannot call ETHTOOL_SCHANNELS on interface \"v0\": errno=22 (EINVAL): the driver does not take"
                                + " these values; fix: compare them with what ethtool shows",
                        "rx 4 tx 4");
    }

    @Test
    void saysThatOnlyRootSetsQueues() throws Exception {
        List<String> command = new ArrayList<>(List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"));
        command.addAll(probeCommand("v0", "channels", "set channels rx 1 tx 1"));

        assertThat(inNamespace(command))
                .containsExactly(
                        "rx 4 tx 4",
                        "cannot call ETHTOOL_SCHANNELS on interface \"v0\": errno=1 (EPERM): this process may not"
                                + " change" + " the card; fix: run as root, in a container with --cap-add NET_ADMIN");
    }

    @Test
    void setsTheCoalescingOfATap() throws Exception {
        assertThat(probe("t0", "coalescing", "set coalescing rx-frames 16", "coalescing"))
                .containsExactly(
                        "adaptive-rx off adaptive-tx off rx-usecs 0 rx-frames 0 tx-usecs 0 tx-frames 0",
                        "set",
                        "adaptive-rx off adaptive-tx off rx-usecs 0 rx-frames 16 tx-usecs 0 tx-frames 0");
        assertThat(ethtool("-c", "t0")).contains("rx-frames: 16");

        assertThat(probe(
                        "t0",
                        "set coalescing adaptive-rx off adaptive-tx off rx-usecs 0 rx-frames 0 tx-usecs 0 tx-frames 0",
                        "set coalescing rx-usecs 5"))
                .satisfiesExactly(first -> assertThat(first).isEqualTo("set"), second -> assertThat(second)
                        .contains("ETHTOOL_SCOALESCE", "errno=95 (EOPNOTSUPP)"));
    }

    private List<String> probe(String... arguments) throws Exception {
        return inNamespace(probeCommand(arguments));
    }

    private static List<String> probeCommand(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EthtoolProbe.class.getName()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    private List<String> ethtool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ethtool"));
        command.addAll(Arrays.asList(arguments));
        return inNamespace(command);
    }

    private List<String> inNamespace(List<String> command) throws Exception {
        List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(command);
        return run(all.toArray(String[]::new));
    }

    private static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines = process.inputReader().lines().toList();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
        return lines;
    }
}
