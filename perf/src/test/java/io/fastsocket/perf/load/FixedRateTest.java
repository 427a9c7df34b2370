package io.fastsocket.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FixedRateTest {
    private static final long START = Long.MAX_VALUE - 5_000_000_000L;

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 3, 7, 999, 1_000, 33_333, 1_000_000, 1e7})
    void isExactToTheNanosecondHoweverMayRequests(double rate) {
        FixedRate pace = new FixedRate(0, rate, 1, 0);
        BigDecimal nanosPerRequest = BigDecimal.valueOf(1e9).divide(BigDecimal.valueOf(rate), 40, RoundingMode.DOWN);
        for (int i = 0; i < 1_000_000; i++) {
            if (i % 9_973 == 0) {
                long expected = nanosPerRequest.multiply(BigDecimal.valueOf(i)).longValue();
                assertThat(pace.dueNanos(0)).isBetween(expected - 1, expected + 1);
            }
            pace.taken();
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, 1", "1000, 2", "12345, 3", "7, 16"})
    void isSharedOutAmongLoopsInTurn(double rate, int loops) {
        FixedRate whole = new FixedRate(START, rate, 1, 0);
        FixedRate[] shares = new FixedRate[loops];
        Arrays.setAll(shares, i -> new FixedRate(START, rate, loops, i));

        for (int i = 0; i < 10_000; i++) {
            FixedRate share = shares[i % loops];
            assertThat(share.dueNanos(0)).isEqualTo(whole.dueNanos(0));
            share.taken();
            whole.taken();
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, 1", "1000, 2", "12345, 3", "7, 16"})
    void countsExactlyWhatItHasMissed(double rate, int loops) {
        for (int loop = 0; loop < loops; loop++) {
            for (long millis : new long[] {0, 1, 3, 1000, 1001, 9_999}) {
                long end = START + millis * 1_000_000;
                FixedRate pace = new FixedRate(START, rate, loops, loop);
                long missed = pace.missedBefore(end);
                long due = 0;
                while (pace.dueNanos(0) - end < 0) {
                    pace.taken();
                    due++;
                }
                assertThat(missed).as("%d ms", millis).isEqualTo(due);
                assertThat(pace.missedBefore(end)).isZero();
            }
        }
    }
}
