package io.fastsocket.perf.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuTicksTest {
    private static final String AFTER_NAME =
            " S 1 4242 4242 0 -1 4194560 61035 210 7 0 1234 567 8 9 20 0 31 0 918273 9876543210 12345 18446744073709551615";

    @ParameterizedTest
    @ValueSource(strings = {"java", "two words", "tmux: server", "(sd-pam)", "a) R 1 2 3 (b", ")", ""})
    void readsUserAndSystemTimeWhateverTheCommandIsCalled(String name) {
        assertThat(CpuTicks.parse("4242 (" + name + ")" + AFTER_NAME)).isEqualTo(new CpuTicks(1234, 567));
    }

    @Test
    void readsTimesBeyond32Bits() {
        assertThat(CpuTicks.parse("1 (x) S 1 1 1 0 -1 0 0 0 0 0 5000000000 6000000000 0 0"))
                .isEqualTo(new CpuTicks(5_000_000_000L, 6_000_000_000L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4242 (java", "4242 (java) S 1 2"})
    void refusesLineThatIsNoStat(String line) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuTicks.parse(line))
                .withMessage("cannot read /proc/PID/stat: line=\"" + line + "\" (expected at least 15 fields)");
    }
}
