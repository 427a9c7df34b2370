package io.fastsocket.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LoadResultTest {
    @Test
    void addsRatesEachOverItsOwnTime() {
        LoadResult sum = LoadResult.sumOf(
                List.of(new WrkReport(1000, 5, 1, 2, 3, 4, 7), new WrkReport(2000, 4, 10, 20, 30, 40, 0)));

        assertThat(sum).isEqualTo(new LoadResult(200 + 500, 3000, 110, 7));
    }
}
