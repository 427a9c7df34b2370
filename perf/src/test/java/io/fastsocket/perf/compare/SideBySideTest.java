package io.fastsocket.perf.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SideBySideTest {
    @Test
    void beginsEveryRoundOnePlaceLater() {
        List<String> order = List.of("a", "b", "c");

        assertThat(SideBySide.rotated(order, 0)).containsExactly("a", "b", "c");
        assertThat(SideBySide.rotated(order, 1)).containsExactly("b", "c", "a");
        assertThat(SideBySide.rotated(order, 2)).containsExactly("c", "a", "b");
        assertThat(SideBySide.rotated(order, 3)).containsExactly("a", "b", "c");
    }
}
