package io.fastsocket.perf.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Values of an option by the names that reports give them. */
abstract class Labels<T> implements ITypeConverter<T>, Iterable<String> {
    private final String kind;
    private final List<T> values;
    private final Function<T, String> label;

    /** @param kind what one of them is called, in messages */
    Labels(String kind, T[] values, Function<T, String> label) {
        this.kind = kind;
        this.values = Arrays.asList(values);
        this.label = label;
    }

    @Override
    public T convert(String name) {
        return values.stream()
                .filter(value -> label.apply(value).equals(name))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "no such " + kind + ": name=" + name + " (expected one of " + String.join(", ", this) + ")"));
    }

    @Override
    public Iterator<String> iterator() {
        return values.stream().map(label).iterator();
    }
}
