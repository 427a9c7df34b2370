package io.fastsocket.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
}
