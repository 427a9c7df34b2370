package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.EthtoolCalls;
import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {
    @TempDir
    Path root;

    @TempDir
    Path place;

    @Test
    void readsBackWhatThisMachineSays() throws IOException {
        Path archive = place.resolve("machine.zip");
        Recording.write(SystemRoot.live(), archive);

        try (SystemRoot recorded = SystemRoot.recorded(archive)) {
            for (String name : interfaces()) {
                assertThat(RssConfig.read(recorded, name)).isEqualTo(RssConfig.read(name));
                assertThat(NicFeatures.channels(recorded, name))
                        .isEqualTo(NicFeatures.channels(SystemRoot.live(), name));
                assertThat(NicFeatures.coalescing(recorded, name))
                        .isEqualTo(NicFeatures.coalescing(SystemRoot.live(), name));
                assertThat(NicFeatures.ntupleFilters(recorded, name))
                        .isEqualTo(NicFeatures.ntupleFilters(SystemRoot.live(), name));
                assertThat(recorded.value("/sys/class/net/" + name + "/mtu"))
                        .isEqualTo(SystemRoot.live().value("/sys/class/net/" + name + "/mtu"));
                assertThat(recorded.names("/sys/class/net/" + name + "/queues"))
                        .isEqualTo(SystemRoot.live().names("/sys/class/net/" + name + "/queues"));
                assertThat(recorded.linkName("/sys/class/net/" + name + "/device"))
                        .isEqualTo(SystemRoot.live().linkName("/sys/class/net/" + name + "/device"));
            }
            assertThat(recorded.value("/sys/devices/system/cpu/online"))
                    .isEqualTo(SystemRoot.live().value("/sys/devices/system/cpu/online"));
        }
    }

    @Test
    void recordsARecordedMachineAgain() throws IOException {
        machine();
        Path first = place.resolve("first.zip");
        Path second = place.resolve("second.zip");
        Recording.write(SystemRoot.recorded(root), first);
        try (SystemRoot again = SystemRoot.recorded(first)) {
            Recording.write(again, second);

            try (SystemRoot recorded = SystemRoot.recorded(second)) {
                assertThat(contents(recorded)).isEqualTo(contents(again)).hasSizeGreaterThan(15);
                assertThat(RssConfig.read(recorded, "eth0"))
                        .isEqualTo(RssConfig.read(SystemRoot.recorded(root), "eth0"));
                assertThat(recorded.linkName("/sys/class/net/eth0/device")).isEqualTo(Answer.known("0000:3b:00.0"));
                assertThat(recorded.linkName("/sys/class/net/eth0/device/driver"))
                        .isEqualTo(Answer.known("ice"));
                assertThat(recorded.value("/sys/class/net/eth0/device/numa_node"))
                        .isEqualTo(Answer.known("1"));
                assertThat(recorded.names("/sys/class/net/eth0/device/msi_irqs"))
                        .containsExactly("31", "32");
            }
        }
    }

    @Test
    void keepsWhetherAFileMayBeWritten() throws IOException {
        machine();
        Path managed = root.resolve("proc/irq/31/smp_affinity_list");
        Files.setPosixFilePermissions(managed, PosixFilePermissions.fromString("r--r--r--"));
        Path archive = place.resolve("machine.zip");

        Recording.write(SystemRoot.recorded(root), archive);

        try (SystemRoot recorded = SystemRoot.recorded(archive)) {
            assertThat(recorded.ownerMayWrite("/proc/irq/31/smp_affinity_list")).isFalse();
            assertThat(recorded.ownerMayWrite("/proc/irq/32/smp_affinity_list")).isTrue();
        }
    }

    @Test
    void recordsNoAddressesAndNoNames() throws IOException {
        machine();
        write("sys/class/net/eth0/address", "02:00:00:00:00:07\n");
        write("proc/cmdline", "root=/dev/secret1 ip=10.9.8.7::10.9.8.1 isolcpus=2-3 quiet hostname=secret2 nosmt\n");
        write("proc/version", "Linux version 6.12.1 (secret3@secret4) (gcc) #1 SMP\n");
        write("proc/self/status", "Name:\tsecret5\nUid:\t4242\nCpus_allowed_list:\t0-3\nCapEff:\t0\n");
        Path archive = place.resolve("machine.zip");

        Recording.write(SystemRoot.recorded(root), archive);

        try (SystemRoot recorded = SystemRoot.recorded(archive)) {
            assertThat(recorded.value("/proc/cmdline")).isEqualTo(Answer.known("isolcpus=2-3 nosmt"));
            assertThat(recorded.value("/proc/version")).isEqualTo(Answer.known("Linux version 6.12.1"));
            assertThat(recorded.lines("/proc/self/status"))
                    .isEqualTo(Answer.known(List.of("Cpus_allowed_list:\t0-3", "CapEff:\t0")));
            assertThat(contents(recorded)).noneMatch(file -> file.matches("(?s).*(secret|02:00:00|10\\.9|4242).*"));
        }
    }

    @Test
    void saysWhatCouldNotBeRead() throws IOException {
        machine();
        write("sys/devices/system/cpu/isolated", "\0\0\0");
        write("ethtool/eth0", "nonsense\n");
        Path archive = place.resolve("machine.zip");

        Recording.write(SystemRoot.recorded(root), archive);

        try (SystemRoot recorded = SystemRoot.recorded(archive)) {
            assertThat(recorded.lines(Recording.UNREAD).toOptional().orElseThrow())
                    .anyMatch(line ->
                            line.startsWith("cannot read a system file: file=\"/sys/devices/system/cpu/isolated\""))
                    .anyMatch(line ->
                            line.startsWith("cannot read a recorded ethtool call: file=\"/ethtool/eth0\" line="));
            assertThat(recorded.exists("/sys/devices/system/cpu/isolated")).isFalse();
        }
    }

    @Test
    void isReadableByItsOwnerAlone() throws IOException {
        machine();
        Path archive = place.resolve("machine.zip");

        Recording.write(SystemRoot.recorded(root), archive);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
                .isEqualTo("rw-------");
        assertThat(names(place)).containsExactly("machine.zip");
    }

    @Test
    void refusesToReplaceAFile() throws IOException {
        machine();
        Path archive = place.resolve("machine.zip");
        Files.writeString(archive, "mine");

        assertThatThrownBy(() -> Recording.write(SystemRoot.recorded(root), archive))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot write an archive: file=\"" + archive
                        + "\" (expected a name that is free): there is such"
                        + " a file; fix: remove it, or name another");
        assertThat(archive).hasContent("mine");
        assertThat(names(place)).containsExactly("machine.zip");
    }

    @Test
    void refusesToFollowALink() throws IOException {
        machine();
        Path archive = place.resolve("machine.zip");
        Files.createSymbolicLink(archive, place.resolve("elsewhere.zip"));

        assertThatThrownBy(() -> Recording.write(SystemRoot.recorded(root), archive))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(names(place)).containsExactly("machine.zip");
    }

    @Test
    void saysThatThePlaceIsMissing() {
        Path archive = place.resolve("missing/machine.zip");

        assertThatThrownBy(() -> Recording.write(SystemRoot.recorded(root), archive))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(
                        "(expected a place for a file): NoSuchFileException; fix: name one in a directory that"
                                + " exists and can be written to");
    }

    @Test
    void leavesNothingWhenTheMachineIsTooLarge() throws IOException {
        byte[] large = "1\n".repeat(15 << 20).getBytes(StandardCharsets.US_ASCII);
        Path original = root.resolve("proc/interrupts");
        Files.createDirectories(original.getParent());
        Files.write(original, large);
        for (int i = 0; i < 9; i++) {
            Path file = root.resolve("proc/irq/" + i + "/node");
            Files.createDirectories(file.getParent());
            Files.createLink(file, original);
        }

        assertThatThrownBy(() -> Recording.write(SystemRoot.recorded(root), place.resolve("machine.zip")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "cannot record a machine: bytes=283115520 (expected at most 268435456): its files hold more,"
                                + " with \"/proc/irq/7/node\" the last; fix: look at what they hold");
        assertThat(names(place)).isEmpty();
    }

    @Test
    void readsOtherMachinesThanItself() throws IOException {
        Machine.unpack("two-sockets-smt-64-cpus", root);
        Path archive = place.resolve("machine.zip");

        Recording.write(SystemRoot.recorded(root), archive);

        try (SystemRoot recorded = SystemRoot.recorded(archive)) {
            assertThat(CpuTopology.read(recorded.path("/")))
                    .usingRecursiveComparison()
                    .isEqualTo(CpuTopology.read(root));
        }
    }

    private void machine() throws IOException {
        new EthtoolCalls(root)
                .answers("2d", 192, "2d000000 00000000 04")
                .answers("29000000 01", 16, "29000000 01000000 f0")
                .refuses("29000000 02", 16, 95)
                .refuses("29000000 05", 16, 95)
                .refuses("29000000 06", 16, 95)
                .refuses("3c", 36, 16)
                .answers("46", 24, "46000000 00000000 02000000 02000000 01")
                .answers(
                        "46000000 00000000 02000000 02",
                        34,
                        "46000000 00000000 02000000 02000000 01000000 00000000 01000000" + "00000000 abcd");
        write("proc/interrupts", "   CPU0\n31: 5\n");
        write("proc/irq/31/smp_affinity_list", "0-3\n");
        write("proc/irq/32/smp_affinity_list", "0\n");
        write("proc/sys/net/core/somaxconn", "4096\n");
        write("proc/sys/net/core/netdev_budget_usecs", "2000\n");
        write("sys/class/net/eth0/queues/rx-0/rps_cpus", "0\n");
        write("sys/class/net/eth0/queues/tx-0/xps_cpus", "f\n");
        write("sys/class/net/bonding_masters", "\n");
        write("sys/devices/system/cpu/cpu0/topology/core_id", "0\n");
        write("sys/devices/system/cpu/cpu0/cache/index3/shared_cpu_list", "0-3\n");
        write("sys/devices/system/node/node0/cpulist", "0-3\n");
        write("sys/devices/pci/0000:3b:00.0/numa_node", "1\n");
        write("sys/devices/pci/0000:3b:00.0/msi_irqs/31", "msix\n");
        write("sys/devices/pci/0000:3b:00.0/msi_irqs/32", "msix\n");
        write("sys/bus/pci/drivers/ice/module", "\n");
        Files.createSymbolicLink(
                root.resolve("sys/class/net/eth0/device"), Path.of("../../../devices/pci/0000:3b:00.0"));
        Files.createSymbolicLink(
                root.resolve("sys/devices/pci/0000:3b:00.0/driver"), Path.of("../../../bus/pci/drivers/ice"));
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.write(path, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static List<String> interfaces() {
        return SystemRoot.live().names("/sys/class/net").stream()
                .filter(name -> SystemRoot.live().isDirectory("/sys/class/net/" + name))
                .toList();
    }

    /** Every file's name, mode and text. */
    private static List<String> contents(SystemRoot machine) throws IOException {
        try (Stream<Path> files = Files.walk(machine.path("/"))) {
            return files.filter(Files::isRegularFile)
                    .map(Path::toString)
                    .sorted()
                    .map(file -> file + " " + machine.ownerMayWrite(file) + " "
                            + machine.read(file, SystemRoot.BYTES_MAX)
                                    .toOptional()
                                    .orElseThrow())
                    .collect(Collectors.toList());
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
