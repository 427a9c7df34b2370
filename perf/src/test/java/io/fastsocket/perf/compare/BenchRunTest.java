package io.fastsocket.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BenchRunTest {
    @Test
    void sweepsPowersOfTwoAndAllLoops() {
        assertThat(BenchRun.sweptLoops(1)).containsExactly(1);
        assertThat(BenchRun.sweptLoops(4)).containsExactly(1, 2, 4);
        assertThat(BenchRun.sweptLoops(6)).containsExactly(1, 2, 4, 6);
    }
}
