package io.fastsocket.affinity.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.affinity.system.SystemFileException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IrqbalanceConfigTest {
    private static final String FILE = "/etc/default/irqbalance";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~|IRQBALANCE_ARGS=\"--banirq=30 --banirq=31\"",
                "IRQBALANCE_ARGS=|IRQBALANCE_ARGS=\"--banirq=30 --banirq=31\"",
                "IRQBALANCE_ARGS=--banirq=30|IRQBALANCE_ARGS=\"--banirq=30 --banirq=31\"",
                "IRQBALANCE_ARGS=\"-i 31\"  # ours|IRQBALANCE_ARGS=\"-i 31 --banirq=30\"  # ours",
                "IRQBALANCE_ARGS='--debug $x'|IRQBALANCE_ARGS='--debug $x --banirq=30 --banirq=31'",
                "OPTIONS=\"--debug\"|OPTIONS=\"--debug --banirq=30 --banirq=31\"",
            })
    void widensTheAssignmentThatIsThere(String before, String after) {
        String line = before.isEmpty() ? "" : before + "\n";

        assertThat(IrqbalanceConfig.withBans(FILE, line, Set.of(30, 31))).isEqualTo(after + "\n");
    }

    @Test
    void leavesEveryOtherByteAsItIs() {
        String text =
                "#IRQBALANCE_ARGS=\n\tIRQBALANCE_ARGS=-d\r\nX=\u00e9\n\nIRQBALANCE_ARGS=--debug\nOPTIONS=old\nlast";

        assertThat(IrqbalanceConfig.withBans(FILE, text, Set.of(30)))
                .isEqualTo(text.replace("IRQBALANCE_ARGS=--debug", "IRQBALANCE_ARGS=\"--debug --banirq=30\""));
    }

    @Test
    void changesNothingWhereAllAreBanned() {
        String text = "IRQBALANCE_ARGS=\"--banirq=30 -i 31\"";

        assertThat(IrqbalanceConfig.withBans(FILE, text, Set.of(30, 31))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"--debug", "\"a\"b", "\"a\\\"", "a b", "'a' 'b'", "a\"b\""})
    void refusesAValueThatCannotBeWidenedSafely(String value) {
        assertThatThrownBy(() -> IrqbalanceConfig.withBans(FILE, "# x\nIRQBALANCE_ARGS=" + value + "\n", Set.of(30)))
                .isInstanceOf(SystemFileException.class)
                .hasMessageStartingWith("cannot add bans to /etc/default/irqbalance:2: IRQBALANCE_ARGS (expected ")
                .hasMessageContaining("; fix: ");
    }
}
