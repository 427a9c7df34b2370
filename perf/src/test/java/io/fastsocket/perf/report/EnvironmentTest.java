package io.fastsocket.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-04T05:06:07Z"), ZoneOffset.UTC);

    @TempDir
    private Path root;

    @Test
    void recordsKernelCpuAndDate() throws IOException {
        write("proc/sys/kernel/osrelease", "6.18.0\n");
        write(
                "proc/cpuinfo",
                "processor\t: 0\ncpu family\t: 23\nmodel\t\t: 1\nmodel name\t: Fast CPU @ 3.00GHz\nstepping\t: 2\n\nmodel name\t: other\n");
        write("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
        write("sys/devices/system/cpu/vulnerabilities/meltdown", "Not affected\n");
        write("sys/devices/system/cpu/vulnerabilities/spectre_v2", "Mitigation: Retpolines\n");

        assertThat(new Environment(root, CLOCK).record())
                .containsEntry("date", "2026-03-04T05:06:07Z")
                .containsEntry("kernel", "6.18.0")
                .containsEntry("cpuModel", "Fast CPU @ 3.00GHz")
                .containsEntry("cpuFamilyModelStepping", "23/1/2")
                .containsEntry("mitigations", Map.of("spectre_v2", "Mitigation: Retpolines"))
                .containsEntry("ipLocalPortRange", "32768 60999")
                .containsKeys("cpus", "jvm", "netty");
    }

    @Test
    void saysUnknownWhereTheMachineDoesNotTell() {
        assertThat(new Environment(root, CLOCK).record())
                .containsEntry("kernel", "unknown")
                .containsEntry("cpuModel", "unknown")
                .containsEntry("mitigations", Map.of("vulnerabilities", "unknown"));
    }

    @Test
    void readsSysctlsOfThisKernelWhole() {
        assertThat(new Environment(Path.of("/"), CLOCK).record())
                .hasEntrySatisfying("ipLocalPortRange", range -> assertThat(range.toString())
                        .matches("\\d+ \\d+"));
    }

    @Test
    void knowsEveryVersionOfNettyInUse() {
        assertThat(new Environment(root, CLOCK).record().get("netty"))
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, String.class))
                .containsKey("netty-transport")
                .hasEntrySatisfying("netty-incubator-transport-native-io_uring", version -> assertThat(version)
                        .matches("[0-9.]+Final"));
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
