package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.fastsocket.affinity.system.SystemRoot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayoutTest {
    private static final String HEAD = "version: 1\ninterface: eth0\nloops:\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Property(tries = 200)
    void readsWhatItWrites(@ForAll @Size(min = 1, max = 64) @UniqueElements List<@IntRange(max = 8191) Integer> cpus) {
        List<LoopPlacement> loops = new ArrayList<>();
        for (int cpu : cpus) {
            loops.add(new LoopPlacement(loops.size(), cpu, loops.size() % 2 == 0 ? List.of(loops.size()) : List.of()));
        }
        Layout layout = new Layout(Optional.of("it's-odd.1"), loops);

        assertThat(LayoutFile.parse("layout.yaml", layout.toYaml())).isEqualTo(layout);
    }

    @Property(tries = 500)
    void answersAnyTextWithALayoutOrATypedError(@ForAll String text) {
        try {
            LayoutFile.parse("layout.yaml", text);
        } catch (LayoutException expected) {
            assertThat(expected.file()).isEqualTo("layout.yaml");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            '  - {loop: 0, cpu: x}'                            | 4:20 | a CPU number, 0..8191
            '  - {loop: 0, cpu: 8192}'                         | 4:20 | 8192 is out of range
            '  - {loop: 1, cpu: 0}'                            | 4:5  | loop 0
            '  - {loop: 0, cpu: 0, queues: [1, 0]}'            | 4:35 | queues in ascending order
            '  - {loop: 0, cpu: 0, queues: 3}'                 | 4:31 | a list of queue numbers
            '  - {loop: 0, cpu: 0, queue: [1]}'                | 4:23 | there is no key "queue"
            '  - {loop: 0, cpu: 0, cpu: 1}'                    | 4:23 | the key "cpu" is there twice
            '  - {loop: 0}'                                    | 4:5  | cpu is missing
            '  - {loop: 0, cpu: 0'                             | 5:1  | YAML
            '  []'                                             | 4:3  | at least one loop
            """)
    void namesLineAndColumnAndWhatIsExpectedThere(String loops, String place, String expected) {
        assertThatThrownBy(() -> LayoutFile.parse("layout.yaml", HEAD + loops + "\n"))
                .isInstanceOf(LayoutException.class)
                .hasMessageStartingWith("cannot read the layout layout.yaml:" + place + " (expected ")
                .hasMessageContaining(expected)
                .hasMessageEndingWith("; fix: change it there, or make it again with affinity plan --out");
    }

    @Test
    void refusesTwoLoopsOnOneCpu() {
        assertThatThrownBy(() -> LayoutFile.parse("l", HEAD + "  - {loop: 0, cpu: 3}\n  - {loop: 1, cpu: 3}\n"))
                .asInstanceOf(type(LayoutException.class))
                .satisfies(error -> assertThat(error.line()).hasValue(5))
                .satisfies(error -> assertThat(error.column()).isEqualTo(5));
    }

    @Test
    @Timeout(20)
    void refusesFilesThatAreNoLayouts() throws Exception {
        assertThatThrownBy(() -> Layout.read(directory)).hasMessageContaining("expected a regular file");
        assertThatThrownBy(() -> Layout.read(directory.resolve("none"))).hasMessageContaining("there is no such file");
        Path file = directory.resolve("layout.yaml");
        Files.write(file, new byte[2 << 20]);
        assertThatThrownBy(() -> Layout.read(file)).hasMessageContaining("expected at most 1 MiB");
        Files.write(file, new byte[] {(byte) 0xff, 0});
        assertThatThrownBy(() -> Layout.read(file)).hasMessageContaining("expected UTF-8");
        Files.writeString(file, "");
        assertThatThrownBy(() -> Layout.read(file)).hasMessageContaining("it is empty");
        Files.writeString(file, bomb(), StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Layout.read(file)).isInstanceOf(LayoutException.class);
        assertThat(new ProcessBuilder("mkfifo", directory.resolve("fifo").toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThatThrownBy(() -> Layout.read(directory.resolve("fifo")))
                .hasMessageContaining("expected a regular file");
    }

    /** Each line is ten times the one before. */
    private static String bomb() {
        StringBuilder text = new StringBuilder("a0: &a0 [x]\n");
        for (int line = 1; line < 12; line++) {
            text.append("a").append(line).append(": &a").append(line).append(" [");
            text.append(("*a" + (line - 1) + ", ").repeat(10)).append("]\n");
        }
        return text.toString();
    }

    // ---- loops

    @Test
    void putsLoopsWhereTheLayoutSaysInItsOrder() {
        CpuTopology topology = Machine.read("smt-2-queues", directory);
        Layout layout = LayoutFile.parse(
                "l", HEAD + "  - {loop: 0, cpu: 5, queues: [1]}\n  - {loop: 1, cpu: 2, queues: [0]}\n");

        AffinityPlan plan = PlacementPolicy.layout(layout).plan(topology, 0);

        assertThat(plan.loops()).isEqualTo(layout.loops());
        assertThat(plan.warning()).isEmpty();
        assertThat(plan).hasToString(String.format("loop   CPU  queues%n   0     5  1%n   1     2  0"));
    }

    @Test
    void leavesOutCpusThatAreOffAndSaysSo() {
        CpuTopology topology = Machine.read("gaps-4-queues", directory);
        Layout layout = LayoutFile.parse("l", HEAD + "  - {loop: 0, cpu: 3}\n  - {loop: 1, cpu: 4}\n");

        AffinityPlan plan = PlacementPolicy.layout(layout).plan(topology, 0);

        assertThat(plan.loops()).containsExactly(new LoopPlacement(0, 4));
        assertThat(plan.warning().orElseThrow()).contains("refused CPUs=[3]");
    }

    @Test
    void followsTheCpusThatTakeTheQueuesInterrupts() {
        CpuTopology topology = Machine.read("managed-irqs", directory);

        AffinityPlan plan = new FollowRxQueues("eth0", SystemRoot.recorded(directory)).plan(topology, 0);

        assertThat(plan.loops())
                .containsExactly(
                        new LoopPlacement(0, 0, List.of(3)),
                        new LoopPlacement(1, 1, List.of(2)),
                        new LoopPlacement(2, 2, List.of(1)),
                        new LoopPlacement(3, 3, List.of(0)));
    }

    @Test
    void fallsBackToALoopPerCpuWhereQueuesHaveNoInterrupts() {
        CpuTopology topology = Machine.read("container-read-only", directory);

        AffinityPlan plan = new FollowRxQueues("eth0", SystemRoot.recorded(directory)).plan(topology, 0);

        assertThat(plan.loops()).hasSize(4);
        assertThat(plan.warning().orElseThrow()).contains("which CPU handles them is not known here; fix:");
    }

    @Test
    void namesTheInterfacesThereAreWhenOneIsNot() {
        CpuTopology topology = Machine.read("managed-irqs", directory);

        assertThatThrownBy(() -> new FollowRxQueues("eth7", SystemRoot.recorded(directory)).plan(topology, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("interface=\"eth7\" (expected one of [eth0])");
    }
}
