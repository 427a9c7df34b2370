package io.fastsocket.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void hasRoundTicksFromZeroToAtLeastTheLargest() {
        assertThat(Axis.linear(143_000, 0, 100).ticks()).containsExactly(0.0, 50_000.0, 100_000.0, 150_000.0);
        assertThat(Axis.linear(43.4, 0, 100).ticks()).containsExactly(0.0, 10.0, 20.0, 30.0, 40.0, 50.0);
        assertThat(Axis.linear(0, 0, 100).ticks()).startsWith(0.0).endsWith(1.0);
    }

    @Test
    void hasPowersOfTenWhereItIsLogarithmic() {
        assertThat(Axis.logarithmic(150, 23_000, 100, 0).ticks()).containsExactly(100.0, 1000.0, 10_000.0, 100_000.0);
        assertThat(Axis.logarithmic(100, 100, 0, 1).ticks()).containsExactly(100.0, 1000.0);
    }

    @Test
    void tellsWhereAValueIs() {
        Axis linear = Axis.linear(100, 200, 400);
        assertThat(linear.at(0)).isEqualTo(200);
        assertThat(linear.at(50)).isEqualTo(300);
        Axis logarithmic = Axis.logarithmic(1, 100, 90, 10);
        assertThat(logarithmic.at(10)).isEqualTo(50);
        assertThat(logarithmic.at(0)).as("below the start").isEqualTo(90);
    }
}
