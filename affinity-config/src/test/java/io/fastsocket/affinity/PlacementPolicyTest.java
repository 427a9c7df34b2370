package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlacementPolicyTest {
    @TempDir
    Path root;

    @Test
    void placesOneLoopOnEachOf64Cpus() {
        AffinityPlan plan = PlacementPolicy.onePerCpu().plan(Machine.read("two-sockets-smt-64-cpus", root), 0);

        assertThat(cpus(plan))
                .containsExactlyElementsOf(IntStream.range(0, 64).boxed().toList());
        assertThat(plan.warning()).isEmpty();
    }

    @Test
    void placesOneLoopOnEachOf32CoresOfTwoSockets() {
        AffinityPlan plan = PlacementPolicy.onePerCore().plan(Machine.read("two-sockets-smt-64-cpus", root), 0);

        assertThat(cpus(plan))
                .containsExactlyElementsOf(IntStream.range(0, 32).boxed().toList());
        assertThat(plan.warning()).isEmpty();
    }

    @Test
    void skipsCpusThatAreOff() {
        CpuTopology topology = Machine.read("gaps-and-offline-cpus", root);

        assertThat(cpus(PlacementPolicy.onePerCpu().plan(topology, 0))).containsExactly(0, 1, 4, 6, 7);
        assertThat(cpus(PlacementPolicy.onePerCore().plan(topology, 0))).containsExactly(0, 1, 6, 7);
        assertThat(cpus(PlacementPolicy.none().plan(topology, 0))).containsExactly(-1, -1, -1, -1, -1);
    }

    @Test
    void staysWithinTheCpusetOfTheCgroup() {
        CpuTopology topology = Machine.read("cgroup-cpuset", root);

        assertThat(cpus(PlacementPolicy.onePerCpu().plan(topology, 0))).containsExactly(2, 3, 6);
        assertThat(cpus(PlacementPolicy.onePerCore().plan(topology, 0))).containsExactly(2, 3);
        assertThat(cpus(PlacementPolicy.none().plan(topology, 0))).containsExactly(-1, -1, -1);
    }

    @Test
    void takesTheLowestAllowedCpuOfACoreThoughALowerOneIsForbidden() {
        assertThat(cpus(PlacementPolicy.onePerCore()
                        .plan(machine(CpuSet.of(1, 2, 3), CpuSet.of(0, 1), CpuSet.of(2, 3)), 0)))
                .containsExactly(1, 2);
    }

    @Test
    void takesEveryAllowedCpuForACoreWhereTheTopologyIsHidden() {
        CpuTopology topology = Machine.read("container-without-topology", root);

        assertThat(cpus(PlacementPolicy.onePerCore().plan(topology, 0))).containsExactly(1, 2, 3);
    }

    @Test
    void takesTheFirstCpusWhereFewerLoopsAreAskedFor() {
        CpuTopology topology = Machine.read("cgroup-cpuset", root);

        for (PlacementPolicy policy : List.of(PlacementPolicy.onePerCpu(), PlacementPolicy.explicit("6,3,2"))) {
            AffinityPlan plan = policy.plan(topology, 2);
            assertThat(cpus(plan)).containsExactly(2, 3);
            assertThat(plan.warning()).isEmpty();
        }
        assertThat(cpus(PlacementPolicy.onePerCore().plan(topology, 1))).containsExactly(2);
    }

    @Test
    void placesAnyNumberOfUnpinnedLoops() {
        AffinityPlan plan = PlacementPolicy.none().plan(Machine.read("cgroup-cpuset", root), 100);

        assertThat(plan.loops()).hasSize(100).noneMatch(LoopPlacement::pinned);
        assertThat(plan.warning()).isEmpty();
    }

    @Test
    void warnsWhereMoreLoopsThanAllowedCpusAreAskedFor() {
        AffinityPlan plan = PlacementPolicy.onePerCpu().plan(Machine.read("cgroup-cpuset", root), 8);

        assertThat(cpus(plan)).containsExactly(2, 3, 6);
        assertThat(plan.warning())
                .contains("placement onePerCpu() plans 3 of 8 loops: loops=8 (expected one per CPU within the allowed"
                        + " \"2-3,6\"): it has no more CPUs than \"2-3,6\"; fix: widen the cpuset or taskset to 8 CPUs, ask"
                        + " loops(3), or use placement none()");
    }

    @Test
    void warnsWhereMoreLoopsThanCoresAreAskedFor() {
        AffinityPlan plan = PlacementPolicy.onePerCore().plan(Machine.read("cgroup-cpuset", root), 3);

        assertThat(cpus(plan)).containsExactly(2, 3);
        assertThat(plan.warning())
                .contains("placement onePerCore() plans 2 of 3 loops: loops=3 (expected one per CPU within the allowed"
                        + " \"2-3,6\"): it has no more CPUs than \"2-3\"; fix: widen the cpuset or taskset to 3 cores, ask"
                        + " loops(2), or use placement none()");
    }

    @Test
    void warnsWhereMoreLoopsThanExplicitCpusAreAskedFor() {
        AffinityPlan plan = PlacementPolicy.explicit("2-3").plan(Machine.read("cgroup-cpuset", root), 3);

        assertThat(cpus(plan)).containsExactly(2, 3);
        assertThat(plan.warning())
                .contains(
                        "placement explicit(\"2-3\") plans 2 of 3 loops: loops=3 (expected one per CPU within the allowed"
                                + " \"2-3,6\"): it has no more CPUs than \"2-3\"; fix: name 3 CPUs, ask loops(2), or use placement"
                                + " none()");
    }

    @Test
    void leavesOutExplicitCpusThatAreNotAllowed() {
        AffinityPlan plan = PlacementPolicy.explicit("0-3").plan(Machine.read("cgroup-cpuset", root), 0);

        assertThat(cpus(plan)).containsExactly(2, 3);
        assertThat(plan.warning())
                .contains(
                        "placement explicit(\"0-3\") plans 2 of 4 loops: loops=0 (expected one per CPU within the allowed"
                                + " \"2-3,6\"): \"0-1\" is off or outside the cpuset or taskset of this process; fix: widen the"
                                + " cpuset or taskset to \"0-3\", ask explicit(\"2-3\"), or use placement none()");
    }

    @Test
    void warnsOnceWhereExplicitCpusAreBothTooFewAndForbidden() {
        AffinityPlan plan = PlacementPolicy.explicit("1-2").plan(Machine.read("cgroup-cpuset", root), 5);

        assertThat(cpus(plan)).containsExactly(2);
        assertThat(plan.warning()).hasValueSatisfying(warning -> assertThat(warning)
                .startsWith("placement explicit(\"1-2\") plans 1 of 5 loops: loops=5")
                .contains("\"1\" is off or outside"));
    }

    @Test
    void keepsQuietAboutForbiddenCpusThatNoLoopWasMeantFor() {
        AffinityPlan plan = PlacementPolicy.explicit("2-5").plan(Machine.read("cgroup-cpuset", root), 2);

        assertThat(cpus(plan)).containsExactly(2, 3);
        assertThat(plan.warning()).isEmpty();
    }

    @Test
    void runsOneUnpinnedLoopWhereNoExplicitCpuIsAllowed() {
        AffinityPlan plan = PlacementPolicy.explicit("0-1,9").plan(Machine.read("cgroup-cpuset", root), 0);

        assertThat(cpus(plan)).containsExactly(-1);
        assertThat(plan.warning())
                .contains(
                        "placement explicit(\"0-1,9\") plans one unpinned loop: cpus=\"0-1,9\" (expected CPUs within the"
                                + " allowed \"2-3,6\"): none of them is allowed; fix: widen the cpuset or taskset to \"0-1,9\", or"
                                + " use placement none()");
    }

    @ParameterizedTest
    @MethodSource("policies")
    void alwaysHasALoopThoughNothingIsAllowed(PlacementPolicy policy) {
        AffinityPlan plan = policy.plan(machine(CpuSet.empty(), CpuSet.of(0, 1)), 0);

        assertThat(cpus(plan)).containsExactly(-1);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void refusesNegativeNumbersOfLoops(PlacementPolicy policy) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.plan(machine(CpuSet.of(0), CpuSet.of(0)), -1))
                .withMessage("cannot plan event loops: loops=-1 (expected 0 for as many as the policy gives, or more):"
                        + " there is no negative number of loops; fix: ask loops(0)");
    }

    @Test
    void refusesExplicitPlacementWithoutCpus() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PlacementPolicy.explicit(""))
                .withMessage(
                        "cannot place loops on explicit CPUs: cpus=\"\" (expected at least one CPU, such as \"0-3,8\"):"
                                + " no CPU is named; fix: name CPUs, or use placement none()");
    }

    private static Stream<PlacementPolicy> policies() {
        return Stream.of(
                PlacementPolicy.none(),
                PlacementPolicy.onePerCpu(),
                PlacementPolicy.onePerCore(),
                PlacementPolicy.explicit("0"));
    }

    private static CpuTopology machine(CpuSet allowed, CpuSet... cores) {
        CpuSet online = Stream.of(cores).reduce(CpuSet.empty(), CpuSet::union);
        List<Cpu> cpus = Stream.of(cores)
                .flatMap(core -> IntStream.of(core.toArray()).mapToObj(cpu -> new Cpu(cpu, 0, 0, 0, core)))
                .toList();
        return new CpuTopology(online, allowed, CpuSet.empty(), cpus, List.of());
    }

    private static List<Integer> cpus(AffinityPlan plan) {
        return plan.loops().stream().map(LoopPlacement::cpu).toList();
    }
}
