package io.fastsocket.perf.cli;

import io.fastsocket.perf.server.ServerKind;
import java.util.Arrays;
import java.util.Iterator;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Servers by the names that reports give them. */
final class ServerKindConverter implements ITypeConverter<ServerKind>, Iterable<String> {
    @Override
    public ServerKind convert(String name) {
        return Arrays.stream(ServerKind.values())
                .filter(kind -> kind.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "no such server: name=" + name + " (expected one of " + String.join(", ", this) + ")"));
    }

    @Override
    public Iterator<String> iterator() {
        return Arrays.stream(ServerKind.values()).map(ServerKind::label).iterator();
    }
}
