package io.fastsocket.perf.churn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrowthBoundTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final Footprint START = new Footprint(50_000, 40, 100 * MEBIBYTE, 10 * MEBIBYTE, 20 * MEBIBYTE);

    @Test
    void allowsTheSameAgainAndResidentMemoryToGrow() {
        assertThat(GrowthBound.violations(
                        START, START, new Footprint(1_000_000, 40, 900 * MEBIBYTE, 10 * MEBIBYTE, 20 * MEBIBYTE)))
                .isEmpty();
    }

    @Test
    void allowsATenthAndFourMebibytesAndNotAByteMore() {
        assertThat(GrowthBound.violations(START, START, end(40, 15 * MEBIBYTE, 26 * MEBIBYTE)))
                .isEmpty();
        assertThat(GrowthBound.violations(START, START, end(40, 15 * MEBIBYTE + 1, 20 * MEBIBYTE)))
                .containsExactly(
                        "heap after GC: endBytes=15728641 (expected at most 15728640, 1.10 x + 4 MiB of what it was"
                                + " after 50000 connections)");
        assertThat(GrowthBound.violations(START, START, end(40, 10 * MEBIBYTE, 26 * MEBIBYTE + 1)))
                .singleElement()
                .asString()
                .startsWith("direct memory: endBytes=27262977");
    }

    @Test
    void allowsNoDescriptorMoreOrLess() {
        assertThat(GrowthBound.violations(START, START, end(41, 0, 0)))
                .containsExactly("open files: end=41 (expected 40, as after 50000 connections)");
        assertThat(GrowthBound.violations(START, START, end(39, 0, 0))).hasSize(1);
    }

    private static Footprint end(int openFiles, long heapBytes, long directBytes) {
        return new Footprint(1_000_000, openFiles, 0, heapBytes, directBytes);
    }
}
