package io.fastsocket.perf.idle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class OpenFileLimitTest {
    @Test
    void readsTheSoftLimit() throws Exception {
        String limits =
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             96305                96305                processes
                Max open files            1024                 524288               files
                """;

        assertThat(OpenFileLimit.soft(limits)).isEqualTo(1024);
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> OpenFileLimit.soft("nothing"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("(expected: a line of open files)");
    }

    @Test
    void leavesAHighEnoughLimitAlone() throws Exception {
        assertThat(OpenFileLimit.raiseTo(1)).isGreaterThan(1);
    }
}
