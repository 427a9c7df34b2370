package io.fastsocket.affinity.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonTextTest {
    enum Shade {
        DARK {
            @Override
            public String toString() {
                return "dark-blue";
            }
        }
    }

    record Point(double y, double x) {}

    @Test
    void keepsTheOrderOfMapsAndRecords() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("z", Arrays.asList(1, 10_000_000_000L, 0.5, true, null));
        object.put("a", new Point(2.5, 1));
        assertThat(JsonText.oneLine(object))
                .isEqualTo("{\"z\":[1,10000000000,0.5,true,null],\"a\":{\"y\":2.5,\"x\":1.0}}");
    }

    @Test
    void writesNullForADoubleThatJsonDoesNotHave() {
        assertThat(JsonText.oneLine(List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)))
                .isEqualTo("[null,null,null]");
        assertThat(JsonText.oneLine(new Point(Double.NaN, 0))).isEqualTo("{\"y\":null,\"x\":0.0}");
    }

    @Test
    void writesEnumsAsTheyPrintThemselves() {
        assertThat(JsonText.oneLine(List.of(Shade.DARK))).isEqualTo("[\"dark-blue\"]");
    }

    @Test
    void indentsWithTheSameContent() {
        assertThat(JsonText.indented(Map.of("n", Map.of("d", Double.NaN))))
                .hasLineCount(5)
                .isEqualToIgnoringWhitespace("{\"n\": {\"d\": null}}");
    }

    @Test
    void refusesWhatJsonCannotSay() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonText.oneLine(new Object()))
                .withMessageContaining("expected: what JSON can say");
    }
}
