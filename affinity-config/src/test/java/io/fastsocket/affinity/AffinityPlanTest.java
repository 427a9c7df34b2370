package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AffinityPlanTest {
    @Test
    void printsAsATableWhoseNumbersAlign() {
        assertThat(plan(new LoopPlacement(0, 0), new LoopPlacement(1, 127), new LoopPlacement(2, -1))
                        .toString())
                .isEqualToNormalizingNewlines(
                        """
                        loop   CPU
                           0     0
                           1   127
                           2   any""");
    }

    @Test
    void refusesTwoLoopsOnOneCpu() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(new LoopPlacement(0, 3), new LoopPlacement(1, 3)))
                .withMessage("cannot make an affinity plan: loops=[LoopPlacement[loopIndex=0, cpu=3, rxQueues=[]],"
                        + " LoopPlacement[loopIndex=1, cpu=3, rxQueues=[]]] (expected loops numbered from 0, each on a CPU of its own):"
                        + " two loops are pinned to CPU 3; fix: take plans from PlacementPolicy.plan()");
    }

    @Test
    void refusesLoopsOutOfOrder() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(new LoopPlacement(1, 3)))
                .withMessageContaining("loop 1 stands at place 0");
    }

    @Test
    void refusesToHaveNoLoop() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan())
                .withMessageContaining("an event loop group has at least one loop");
    }

    @Test
    void refusesPlacementsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LoopPlacement(0, 8192))
                .withMessage(
                        "cannot place a loop: loopIndex=0, cpu=8192 (expected loopIndex from 0, cpu -1..8191): there is"
                                + " no such loop or CPU; fix: take placements from PlacementPolicy.plan()");
        assertThatIllegalArgumentException().isThrownBy(() -> new LoopPlacement(-1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new LoopPlacement(0, -2));
    }

    @Test
    void refusesACpuThatDoesNotShareACoreWithItself() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Cpu(1, 0, 0, 0, CpuSet.of(0)))
                .withMessage(
                        "cannot describe CPU 1: siblings=\"0\" (expected a set with 1 in it): a CPU shares its core"
                                + " with itself; fix: add CPU 1");
    }

    private static AffinityPlan plan(LoopPlacement... loops) {
        return new AffinityPlan(List.of(loops), Optional.empty());
    }
}
