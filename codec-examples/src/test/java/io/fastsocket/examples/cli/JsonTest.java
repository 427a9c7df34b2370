package io.fastsocket.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class JsonTest {
    @Test
    void writesEveryKindOfValue() {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("list", List.of(1, -2L, 0.5, true));
        object.put("null", null);
        object.put("empty", Map.of());
        assertThat(Json.write(object)).isEqualTo("{\"list\":[1,-2,0.5,true],\"null\":null,\"empty\":{}}");
        assertThat(Json.write(Collections.emptyList())).isEqualTo("[]");
    }

    @Test
    void escapesWhatAStringCannotHold() {
        assertThat(Json.write("\"\\\n\r\t\u0000\u001f\ud83d/\u00e9"))
                .isEqualTo("\"\\\"\\\\\\n\\r\\t\\u0000\\u001f\\ud83d/\u00e9\"");
    }

    @Test
    void refusesWhatJsonDoesNotHave() {
        assertThatThrownBy(() -> Json.write(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Json.write(new Object())).isInstanceOf(IllegalArgumentException.class);
    }
}
