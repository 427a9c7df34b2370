package io.fastsocket.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.perf.compare.Spread;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.125, 0.13",
        "9.995, 10",
        "31.16, 31.2",
        "100, 100",
        "999.4, 999",
        "999.5, 1 k",
        "24557.7, 24.6 k",
        "999500, 1 M",
        "1234567, 1.23 M",
        "-1500, -1.5 k"
    })
    void haveThreeDigitsThatCount(double value, String words) {
        assertThat(Numbers.brief(value).replace('\u00a0', ' ')).isEqualTo(words);
    }

    @Test
    void takeTheUnitThatSuits() {
        assertThat(Numbers.micros(31.16)).isEqualTo("31.2\u00a0µs");
        assertThat(Numbers.micros(1500)).isEqualTo("1.5\u00a0ms");
        assertThat(Numbers.micros(2_000_000)).isEqualTo("2\u00a0s");
        assertThat(Numbers.bytes(1000)).isEqualTo("1000\u00a0B");
        assertThat(Numbers.bytes(1536)).isEqualTo("1.5\u00a0KiB");
        assertThat(Numbers.percent(0.125)).isEqualTo("12.5\u00a0%");
        assertThat(Numbers.precisely(64)).isEqualTo("64");
        assertThat(Numbers.precisely(99.99)).isEqualTo("99.99");
        assertThat(Numbers.range(new Spread(1.2, 0.96, 1.28), Numbers::ratio)).isEqualTo("0.96×–1.28×");
    }
}
