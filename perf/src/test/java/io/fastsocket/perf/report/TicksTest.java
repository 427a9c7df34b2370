package io.fastsocket.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TicksTest {
    @ParameterizedTest
    @CsvSource({
        "24900, 5000, 6",
        "25000, 5000, 6",
        "25001, 10000, 4",
        "1, 0.2, 6",
        "0.07, 0.02, 5",
        "3, 1, 4",
        "0, 1, 2",
        "-1, 1, 2",
        "NaN, 1, 2",
        "Infinity, 1, 2",
        "4.9e-324, 1, 2"
    })
    void endAtOrAboveTheLargestValueInRoundSteps(double max, double step, int count) {
        assertThat(Ticks.upTo(max)).hasSize(count).startsWith(0.0);
        for (int i = 0; i < count; i++) {
            assertThat(Ticks.upTo(max).get(i)).isCloseTo(i * step, Offset.offset(step * 1e-9));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-12, 0.3, 0.6, 1, 4.99, 5, 9.7, 123_456, 9.99e15})
    void holdTheValueAndAreFew(double max) {
        assertThat(Ticks.upTo(max)).hasSizeBetween(3, 6);
        assertThat(Ticks.upTo(max).get(Ticks.upTo(max).size() - 1)).isGreaterThanOrEqualTo(max * (1 - 1e-9));
        assertThat(Ticks.upTo(max).get(Ticks.upTo(max).size() - 2)).isLessThan(max);
    }

    @Test
    void ofRatiosAre125OrPowersOfTenWhereThoseWouldBeTooMany() {
        assertThat(Ticks.around(0.7, 1.4)).containsExactly(0.5, 1.0, 2.0);
        assertThat(Ticks.around(20, 500)).containsExactly(20.0, 50.0, 100.0, 200.0, 500.0);
        assertThat(Ticks.around(30, 40_000)).containsExactly(10.0, 100.0, 1000.0, 10_000.0, 100_000.0);
        assertThat(Ticks.around(1, 1)).containsExactly(1.0, 2.0);
        assertThat(Ticks.around(7, 7)).containsExactly(5.0, 10.0);
    }
}
