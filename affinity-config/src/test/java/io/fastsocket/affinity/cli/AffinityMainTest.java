package io.fastsocket.affinity.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastsocket.affinity.Machine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AffinityMainTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    // ---- a recorded guest with eight queues

    @Test
    void showsEveryQueueOfARecordedGuestAsJson() throws Exception {
        String archive = Path.of(getClass()
                        .getResource("/machines/virtio-8-queues-rss.zip")
                        .toURI())
                .toString();

        assertThat(run("show", "--root", archive, "--interface", "eth0", "--json"))
                .isZero();

        JsonNode card =
                new ObjectMapper().readTree(out.toString()).path("interfaces").path(0);
        assertThat(card.path("driver").asText()).isEqualTo("virtio_net");
        assertThat(card.path("channels").path("combined").asInt()).isEqualTo(8);
        assertThat(card.path("rss").path("function").asText()).isEqualTo("toeplitz");
        assertThat(card.path("rss").path("key").asText()).hasSize(40 * 3 - 1);
        List<Integer> table = new ArrayList<>();
        card.path("rss").path("indirectionTable").forEach(queue -> table.add(queue.asInt()));
        assertThat(table).hasSize(128).startsWith(0, 1, 2, 3, 4, 5, 6, 7, 0);
        List<Integer> irqs = new ArrayList<>();
        card.path("rxQueues").forEach(queue -> irqs.add(queue.path("irq").asInt()));
        assertThat(irqs).containsExactly(25, 27, 29, 31, 33, 35, 37, 39);
    }

    @Test
    void showsTheTableOfARecordedMachine() {
        Machine.unpack("managed-irqs", directory);

        assertThat(run("show", "--root", directory.toString())).isZero();

        assertThat(out.toString())
                .contains("eth0: driver nfp, device 0000:01:00.0, NUMA node unknown")
                .contains("rx-0   40   eth0-rxtx-0  3 (managed)  3          -    0    -    -         -      -");
    }

    // ---- verify, plan, export

    @Test
    void saysLineByLineWhatIsWrongAndEndsWithOne() {
        Machine.unpack("smt-2-queues", directory);

        assertThat(run("verify", "--root", directory.toString())).isEqualTo(1);

        assertThat(out.toString())
                .contains("DRIFT")
                .contains("irq-affinity   eth0 rx-1 irq 62")
                .contains("fix: printf '%s\\n' 1 > /proc/irq/62/smp_affinity_list");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shell", "systemd-link", "udev", "tuned"})
    void exportsInEveryFormat(String format) {
        Machine.unpack("smt-2-queues", directory);

        assertThat(run("export", "--root", directory.toString(), "--for", "proxy", "--format", format))
                .isZero();
        assertThat(out.toString())
                .contains(
                        switch (format) {
                            case "shell" -> "printf '%s\\n' 55 > /sys/class/net/eth0/queues/rx-0/rps_cpus";
                            case "systemd-link" -> "[Match]\nOriginalName=eth0\n";
                            case "udev" -> "KERNEL==\"eth0\", ATTR{queues/rx-0/rps_cpus}=\"55\"";
                            default -> "net.ipv4.ip_local_port_range=10240 65535";
                        });
    }

    @Test
    void writesALayoutThatVerifyReads() throws Exception {
        Machine.unpack("gaps-4-queues", directory.resolve("machine"));
        String root = directory.resolve("machine").toString();
        String layout = directory.resolve("layout.yaml").toString();

        assertThat(run("plan", "--root", root, "--out", layout)).isZero();
        assertThat(Files.readString(Path.of(layout))).contains("- {loop: 2, cpu: 4, queues: [2]}");
        assertThat(run("verify", "--root", root, "--layout", layout)).isEqualTo(1);
        assertThat(out.toString()).contains("loop-queue");
    }

    // ---- a running process

    @Test
    void showsTheListenerOfAPort() throws Exception {
        try (ServerSocket listener = new ServerSocket(0)) {
            assertThat(run("show", "--port", String.valueOf(listener.getLocalPort())))
                    .isZero();
            assertThat(out.toString())
                    .contains("process " + ProcessHandle.current().pid() + ": ");
        }
    }

    // ---- wrong usage

    @Test
    void refusesAnInterfaceThatLeadsElsewhere() {
        assertThat(run("show", "--interface", "../../etc")).isEqualTo(2);
        assertThat(err.toString())
                .contains("there is no interface \"../../etc\"")
                .hasLineCount(1);
    }

    @Test
    void changesNothingWithoutYes() {
        assertThat(run("apply", "--state", directory.resolve("state").toString()))
                .isEqualTo(2);
        assertThat(err.toString()).contains("nothing was changed; look at `fastsocket affinity plan`, then give --yes");
        assertThat(directory.resolve("state")).doesNotExist();
    }

    @Test
    void namesTheLineOfALayoutThatIsNone() throws Exception {
        Path layout = Files.writeString(directory.resolve("layout.yaml"), "version: 1\nloops: 3\n");

        assertThat(run("verify", "--layout", layout.toString())).isEqualTo(1);
        assertThat(err.toString())
                .contains("layout.yaml:2:8 (expected a list of loops")
                .hasLineCount(1);
    }

    @Test
    void namesTheFileOfAMachineThatNoKernelWrote() throws Exception {
        Machine.unpack("smt-2-queues", directory);
        Files.writeString(directory.resolve("sys/class/net/eth0/queues/rx-1/rps_cpus"), "zz\n");

        assertThat(run("show", "--root", directory.toString())).isEqualTo(1);
        assertThat(err.toString())
                .contains("/sys/class/net/eth0/queues/rx-1/rps_cpus:1")
                .hasLineCount(1);
    }

    private int run(String... args) {
        return AffinityMain.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
