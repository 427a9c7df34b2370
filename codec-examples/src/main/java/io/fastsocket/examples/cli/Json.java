package io.fastsocket.examples.cli;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, strings, numbers, booleans and null as JSON (RFC 8259), in the order given. */
final class Json {
    private final StringBuilder text = new StringBuilder();

    private Json() {}

    /** @throws IllegalArgumentException if a value is of another type, or a number that JSON does not have */
    static String write(@Nullable Object value) {
        Json json = new Json();
        json.append(value);
        return json.text.toString();
    }

    private void append(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            appendObject(map);
        } else if (value instanceof List<?> list) {
            appendArray(list);
        } else if (value instanceof String string) {
            appendString(string);
        } else if (value == null || value instanceof Boolean || isNumber(value)) {
            text.append(value);
        } else {
            throw new IllegalArgumentException(
                    "value: " + value + " of " + value.getClass() + " (expected: what JSON can say)");
        }
    }

    private static boolean isNumber(Object value) {
        return value instanceof Integer || value instanceof Long || (value instanceof Double d && Double.isFinite(d));
    }

    private void appendObject(Map<?, ?> map) {
        text.append('{');
        for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator(); entries.hasNext(); ) {
            Map.Entry<?, ?> entry = entries.next();
            appendString(String.valueOf(entry.getKey()));
            text.append(':');
            append(entry.getValue());
            text.append(entries.hasNext() ? "," : "");
        }
        text.append('}');
    }

    private void appendArray(List<?> list) {
        text.append('[');
        for (Iterator<?> items = list.iterator(); items.hasNext(); ) {
            append(items.next());
            text.append(items.hasNext() ? "," : "");
        }
        text.append(']');
    }

    private void appendString(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    // A surrogate may lack its other half and has no UTF-8 form then; escaped, both cases are right.
                    boolean plain = c >= 0x20 && !Character.isSurrogate(c);
                    text.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
                }
            }
        }
        text.append('"');
    }
}
