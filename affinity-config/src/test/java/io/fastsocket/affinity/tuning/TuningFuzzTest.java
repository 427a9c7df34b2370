package io.fastsocket.affinity.tuning;

import static io.fastsocket.affinity.FuzzedText.kernel;
import static io.fastsocket.affinity.FuzzedText.readOrRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.fastsocket.affinity.Irqbalance;
import java.util.Set;

/** As {@code ParserFuzzTest}: what apply and undo read. */
class TuningFuzzTest {
    private static final String TIME = "15s";

    @FuzzTest(maxDuration = TIME)
    void journal(byte[] input) {
        readOrRefused(() -> {
            Journal journal = JournalFormat.parse("1.json", kernel(input));
            assertThat(JournalFormat.parse("1.json", JournalFormat.format(journal)))
                    .isEqualTo(journal);
        });
    }

    @FuzzTest(maxDuration = TIME)
    void irqbalanceConfig(byte[] input) {
        String text = kernel(input);
        readOrRefused(() -> {
            String banned = IrqbalanceConfig.withBans("irqbalance", text, Set.of(30, 31));

            assertThat(Irqbalance.bans(banned))
                    .containsAll(Irqbalance.bans(text))
                    .contains(30, 31);
            assertThat(IrqbalanceConfig.withBans("irqbalance", banned, Set.of(30, 31)))
                    .isEqualTo(banned);
        });
    }
}
