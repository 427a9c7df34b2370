package io.fastsocket.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.123, 0.12",
        "9.99, 9.99",
        "9.999, 10",
        "21.34, 21.3",
        "99.96, 100",
        "999.4, 999",
        "999.6, 1 k",
        "23456, 23.5 k",
        "140000, 140 k",
        "999600, 1 M",
        "-1234567, -1.23 M"
    })
    void givesThreeDigitsThatCount(double value, String text) {
        assertThat(Numbers.brief(value)).isEqualTo(text);
    }
}
