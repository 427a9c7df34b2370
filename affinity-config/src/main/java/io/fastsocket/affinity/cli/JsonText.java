package io.fastsocket.affinity.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;

/**
 * Writes values as JSON (RFC 8259): maps and records in their own order, enums as they print themselves, and null for a
 * double that JSON does not have. Safe for use by any thread.
 */
public final class JsonText {
    private static final ObjectWriter ONE_LINE = JsonMapper.builder()
            .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
            .addModule(new SimpleModule()
                    .addSerializer(double.class, new FiniteOrNull())
                    .addSerializer(Double.class, new FiniteOrNull()))
            .build()
            .writer();

    private static final ObjectWriter INDENTED = ONE_LINE.withDefaultPrettyPrinter();

    private JsonText() {}

    /**
     * The value on one line, without a line break at its end.
     *
     * @throws IllegalArgumentException if it holds something that Jackson does not know how to write
     */
    public static String oneLine(Object value) {
        return write(ONE_LINE, value);
    }

    /**
     * The value on indented lines, without a line break at its end.
     *
     * @throws IllegalArgumentException if it holds something that Jackson does not know how to write
     */
    public static String indented(Object value) {
        return write(INDENTED, value);
    }

    private static String write(ObjectWriter writer, Object value) {
        try {
            return writer.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("value: " + value + " (expected: what JSON can say)", e);
        }
    }

    /** By itself Jackson writes the string "NaN", which no reader takes for a number. */
    private static final class FiniteOrNull extends StdSerializer<Double> {
        private static final long serialVersionUID = 1;

        FiniteOrNull() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator out, SerializerProvider unused) throws IOException {
            if (Double.isFinite(value)) {
                out.writeNumber(value);
            } else {
                out.writeNull();
            }
        }
    }
}
