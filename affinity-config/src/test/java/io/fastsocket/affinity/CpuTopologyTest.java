package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.condition.OS.WINDOWS;

import io.fastsocket.affinity.system.SystemFileException;
import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuTopologyTest {
    private static final Path ONLINE = Path.of("sys/devices/system/cpu/online");
    private static final Path STATUS = Path.of("proc/self/status");

    @TempDir
    Path root;

    @Test
    void tellsCoresOfTwoPackagesApartThoughTheirCoreIdsRepeat() {
        CpuTopology topology = Machine.read("two-sockets-smt-64-cpus", root);

        assertThat(topology.cpus()).hasSize(64);
        assertThat(topology.cpus().get(0)).isEqualTo(new Cpu(0, 0, 0, 0, CpuSet.of(0, 32)));
        assertThat(topology.cpus().get(48)).isEqualTo(new Cpu(48, 0, 1, 1, CpuSet.of(16, 48)));
        assertThat(topology.physicalCores())
                .hasSize(32)
                .startsWith(CpuSet.of(0, 32))
                .endsWith(CpuSet.of(31, 63));
    }

    @Test
    void allowsOnlineCpusAloneThoughTheMaskNamesPossibleOnes() {
        CpuTopology topology = Machine.read("two-sockets-smt-64-cpus", root);

        assertThat(topology.allowed()).isEqualTo(topology.online()).hasToString("0-63");
        assertThat(topology.isolated().isEmpty()).isTrue();
    }

    @Test
    void leavesOutCpusThatAreOff() {
        CpuTopology topology = Machine.read("gaps-and-offline-cpus", root);

        assertThat(topology.online()).hasToString("0-1,4,6-7");
        assertThat(topology.allowed()).hasToString("0-1,4,6-7");
        assertThat(topology.cpus()).extracting(Cpu::cpu).containsExactly(0, 1, 4, 6, 7);
        assertThat(topology.physicalCores()).containsExactly(CpuSet.of(0, 4), CpuSet.of(1), CpuSet.of(6), CpuSet.of(7));
    }

    @Test
    void allowsOnlyTheCpusetOfTheCgroup() {
        CpuTopology topology = Machine.read("cgroup-cpuset", root);

        assertThat(topology.online()).hasToString("0-7");
        assertThat(topology.allowed()).hasToString("2-3,6");
        assertThat(topology.isolated()).hasToString("7");
    }

    @Test
    void takesEveryCpuForACoreWhereTheContainerHidesTheTopology() {
        CpuTopology topology = Machine.read("container-without-topology", root);

        assertThat(topology.online()).hasToString("0-3");
        assertThat(topology.allowed()).hasToString("1-3");
        assertThat(topology.cpus()).startsWith(new Cpu(0, -1, -1, -1, CpuSet.of(0)));
        assertThat(topology.physicalCores()).containsExactly(CpuSet.of(0), CpuSet.of(1), CpuSet.of(2), CpuSet.of(3));
    }

    @Test
    void takesAsManyCpusOfTheMaskAsTheJvmCountsWhereThereIsNoSys() {
        Machine.unpack("container-without-sys", root);

        CpuTopology topology = new CpuTopologyReader(SystemRoot.recorded(root), 3).read();

        assertThat(topology.online()).hasToString("4-6");
        assertThat(topology.allowed()).hasToString("4-6");
    }

    @Test
    void countsTheProcessorsOfTheJvmWhereThereIsNeitherSysNorProc() {
        CpuTopology topology = new CpuTopologyReader(SystemRoot.recorded(root), 3).read();

        assertThat(topology.online()).hasToString("0-2");
        assertThat(topology.allowed()).hasToString("0-2");
        assertThat(topology.isolated().isEmpty()).isTrue();
        assertThat(topology.physicalCores()).containsExactly(CpuSet.of(0), CpuSet.of(1), CpuSet.of(2));
    }

    @Test
    void putsEveryCpuIntoExactlyOneCoreThoughSiblingsContradict() {
        CpuTopology topology = new CpuTopology(
                CpuSet.of(0, 1, 2),
                CpuSet.of(0, 1, 2),
                CpuSet.empty(),
                List.of(
                        new Cpu(0, 0, 0, 0, CpuSet.of(0, 1)),
                        new Cpu(1, 0, 0, 0, CpuSet.of(1, 2)),
                        new Cpu(2, 0, 0, 0, CpuSet.of(1, 2))),
                List.of());

        assertThat(topology.physicalCores()).containsExactly(CpuSet.of(0, 1), CpuSet.of(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "", "x", "99999999999"})
    void leavesIdsUnknownThatAreNoNumbers(String id) throws IOException {
        Machine.append(root.resolve(ONLINE), "0\n");
        Machine.append(root.resolve("sys/devices/system/cpu/cpu0/topology/core_id"), id + "\n");

        assertThat(CpuTopology.read(root).cpus()).containsExactly(new Cpu(0, -1, -1, -1, CpuSet.of(0)));
    }

    @Test
    void namesTheFileOfAMalformedList() throws IOException {
        Machine.append(root.resolve(ONLINE), "0-\n");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuTopology.read(root))
                .withMessage(
                        "cannot read the CPU topology from /sys/devices/system/cpu/online:1: cannot parse a CPU list:"
                                + " list=\"0-\" (expected a list like \"0-3,8\"): no CPU number at character 2;"
                                + " fix: write one there or remove the comma or dash");
    }

    @Test
    void refusesAListThatIsLongerThanItReads() throws IOException {
        Machine.append(root.resolve(ONLINE), "1,".repeat(1 << 20));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuTopology.read(root))
                .withMessageContaining("(expected at most 65536 bytes): it has more");
    }

    @Test
    void refusesADirectoryInPlaceOfAFile() throws IOException {
        Files.createDirectories(root.resolve(ONLINE));

        assertThatThrownBy(() -> CpuTopology.read(root))
                .isInstanceOf(SystemFileException.class)
                .hasMessageContaining("file=\"/sys/devices/system/cpu/online\" (expected a regular file)");
    }

    @Test
    @DisabledOnOs(value = WINDOWS, disabledReason = "no mkfifo")
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void refusesAFifoInPlaceOfAFile() throws Exception {
        Files.createDirectories(root.resolve(STATUS).getParent());
        Process mkfifo = new ProcessBuilder("mkfifo", root.resolve(STATUS).toString()).start();
        assertThat(mkfifo.waitFor()).isZero();

        assertThatThrownBy(() -> CpuTopology.read(root))
                .isInstanceOf(SystemFileException.class)
                .hasMessageContaining("file=\"/proc/self/status\" (expected a regular file)");
    }
}
