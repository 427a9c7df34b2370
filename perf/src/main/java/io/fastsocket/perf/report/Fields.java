package io.fastsocket.perf.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastsocket.perf.compare.Spread;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;

/** Reads fields leniently: what is absent, null or of another type is not there. */
final class Fields {
    private Fields() {}

    /** The objects of an array. */
    static List<JsonNode> objects(JsonNode array) {
        return array.isArray()
                ? StreamSupport.stream(array.spliterator(), false)
                        .filter(JsonNode::isObject)
                        .toList()
                : List.of();
    }

    /** A text or a number as a text; otherwise it is empty. */
    static String text(JsonNode value) {
        return value.isValueNode() && !value.isNull() ? value.asText() : "";
    }

    static OptionalDouble number(JsonNode value) {
        return value.isNumber() && Double.isFinite(value.doubleValue())
                ? OptionalDouble.of(value.doubleValue())
                : OptionalDouble.empty();
    }

    static double numberOrZero(JsonNode value) {
        return number(value).orElse(0);
    }

    /** A median with its range, or a single number. */
    static Optional<Spread> spread(JsonNode value) {
        OptionalDouble median = number(value.isObject() ? value.path("median") : value);
        if (median.isEmpty()) {
            return Optional.empty();
        }
        double middle = median.getAsDouble();
        return Optional.of(new Spread(
                middle,
                Math.min(middle, number(value.path("min")).orElse(middle)),
                Math.max(middle, number(value.path("max")).orElse(middle))));
    }
}
