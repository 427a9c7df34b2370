package io.fastsocket.perf.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void writesNestedValuesInOrder() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", "x");
        object.put("list", Arrays.asList(1, 2.5, true, null));
        object.put("inner", Map.of("n", 10_000_000_000L));

        assertThat(Json.write(object))
                .isEqualTo(
                        """
                        {
                          "name": "x",
                          "list": [
                            1,
                            2.5000,
                            true,
                            null
                          ],
                          "inner": {
                            "n": 10000000000
                          }
                        }""");
    }

    @Test
    void writesEmptyContainersOnOneLine() {
        assertThat(Json.write(List.of())).isEqualTo("[]");
        assertThat(Json.write(Map.of())).isEqualTo("{}");
    }

    @Test
    void escapesWhatJsonDoesNotAllowInStrings() {
        assertThat(Json.write("a\"b\\c\nd\te\u0001\u00e9")).isEqualTo("\"a\\\"b\\\\c\\nd\\te\\u0001\u00e9\"");
    }

    @Test
    void writesNullForNumbersJsonDoesNotKnow() {
        assertThat(Json.write(List.of(Double.NaN, Double.POSITIVE_INFINITY))).isEqualTo("[\n  null,\n  null\n]");
    }
}
