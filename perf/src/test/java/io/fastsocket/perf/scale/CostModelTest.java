package io.fastsocket.perf.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CostModelTest {
    private static final CostModel COSTS = new CostModel(10, 5, OptionalDouble.of(1));

    @ParameterizedTest
    @EnumSource
    void oneCpuIsTheMeasure(Design design) {
        assertThat(COSTS.rateOverOneCpu(design, 1, 0)).hasValue(1);
    }

    @Test
    void localConnectionsScaleWithTheCpus() {
        assertThat(COSTS.rateOverOneCpu(Design.FASTSOCKET, 24, 0).orElseThrow()).isEqualTo(24, offset(1e-9));
    }

    @Test
    void connectionsThatCrossCostMore() {
        assertThat(COSTS.micros(0.5)).isEqualTo(12.5);
        // 10 / (12.5 / 2)
        assertThat(COSTS.rateOverOneCpu(Design.LISTENERS_BY_HASH, 2, 0.5)).hasValue(1.6);
    }

    @Test
    void whatOneLoopAloneDoesCapsTheRate() {
        // 10 / (1 + (12.5 - 1) / 2)
        assertThat(COSTS.rateOverOneCpu(Design.ONE_LISTENER, 2, 0.5).orElseThrow())
                .isEqualTo(1.4815, offset(1e-4));
        assertThat(COSTS.rateOverOneCpu(Design.ONE_LISTENER, 100_000, 1).orElseThrow())
                .isBetween(9.9, 10.0);
    }

    @Test
    void theRateOfOneListenerIsUnknownWithoutItsSerialPart() {
        CostModel costs = new CostModel(10, 5, OptionalDouble.empty());

        assertThat(costs.rateOverOneCpu(Design.ONE_LISTENER, 8, 0.5)).isEmpty();
        assertThat(costs.rateOverOneCpu(Design.LISTENERS_BY_HASH, 8, 0.5)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0",
        "-1, 1, 0",
        "NaN, 1, 0",
        "Infinity, 1, 0",
        "1, -1, 0",
        "1, NaN, 0",
        "1, Infinity, 0",
        "1, 1, -1",
        "1, 1, 2",
        "1, 1, NaN"
    })
    void refusesCostsThatCannotBe(double local, double cross, double serial) {
        assertThatThrownBy(() -> new CostModel(local, cross, OptionalDouble.of(serial)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot model: local=" + local + ", cross=" + cross + ", accept-serial=" + serial
                        + " (expected microseconds: local more than 0, cross 0 or more, accept-serial 0 to local)");
    }
}
