package io.fastsocket.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void addsUpTheTimeUnderLoad() {
        assertThat(new Schedule(12, 5, 5).totalSeconds(12)).isEqualTo(444);
    }

    @Test
    void refusesScheduleWithoutRounds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Schedule(12, 0, 5))
                .withMessage("cannot schedule: warmup=12, rounds=0, seconds=5"
                        + " (expected warmup >= 0, rounds >= 1, seconds >= 1)");
    }
}
