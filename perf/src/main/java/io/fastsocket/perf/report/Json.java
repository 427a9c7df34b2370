package io.fastsocket.perf.report;

import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as JSON (RFC 8259), indented by two: maps, iterables, strings, numbers, booleans and null. Anything else is
 * written as the string it prints as.
 */
public final class Json {
    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();

    private Json() {}

    /** The text of a value, without a line break at its end. */
    public static String write(@Nullable Object value) {
        Json json = new Json();
        json.value(value, "\n");
        return json.out.toString();
    }

    private void value(@Nullable Object value, String lineStart) {
        if (value instanceof Map<?, ?> map) {
            object(map, lineStart);
        } else if (value instanceof Iterable<?> items) {
            array(items, lineStart);
        } else if (value instanceof Double number) {
            // JSON knows neither infinities nor NaN.
            out.append(Double.isFinite(number) ? String.format(Locale.ROOT, "%.4f", number) : "null");
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            out.append(value);
        } else {
            string(value.toString());
        }
    }

    private void object(Map<?, ?> map, String lineStart) {
        String inner = lineStart + INDENT;
        String separator = "";
        out.append('{');
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator).append(inner);
            string(String.valueOf(entry.getKey()));
            out.append(": ");
            value(entry.getValue(), inner);
            separator = ",";
        }
        out.append(map.isEmpty() ? "}" : lineStart + "}");
    }

    private void array(Iterable<?> items, String lineStart) {
        String inner = lineStart + INDENT;
        Iterator<?> rest = items.iterator();
        boolean empty = !rest.hasNext();
        out.append('[');
        while (rest.hasNext()) {
            out.append(inner);
            value(rest.next(), inner);
            out.append(rest.hasNext() ? "," : "");
        }
        out.append(empty ? "]" : lineStart + "]");
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> out.append(c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
            }
        }
        out.append('"');
    }
}
