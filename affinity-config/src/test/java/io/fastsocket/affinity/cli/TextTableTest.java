package io.fastsocket.affinity.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class TextTableTest {
    @Test
    void alignsNumbersRightAndTheNameOfARowLeft() {
        assertThat(TextTable.ofNumbers("loop", "n")
                        .row("a", 1000)
                        .row("bcdef", 2)
                        .toString())
                .isEqualToNormalizingNewlines("loop      n\na      1000\nbcdef     2");
    }

    @Test
    void alignsTextLeftWithoutBlanksAtTheEnd() {
        assertThat(TextTable.ofText("name", "why").row("engine", "-").toString())
                .isEqualToNormalizingNewlines("name    why\nengine  -");
    }

    @Test
    void refusesARowOfAnotherLength() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TextTable.ofText("one").row("1", "2"))
                .withMessage("cannot add row: cells=2 (expected 1, one for each heading)");
    }
}
