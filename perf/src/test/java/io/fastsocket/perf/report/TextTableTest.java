package io.fastsocket.perf.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void alignsNamesLeftAndFiguresRight() {
        TextTable table = new TextTable("server", "rate");
        table.row("a", "12345");
        table.row("long name", "1");

        assertThat(table)
                .hasToString(
                        """
                server      rate
                a          12345
                long name      1
                """);
    }

    @Test
    void refusesRowOfAnotherLength() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TextTable("one").row("1", "2"))
                .withMessage("cannot add row: cells=2 (expected 1, one for each heading)");
    }
}
