package io.fastsocket.examples.cli;

import io.fastsocket.examples.upstream.Upstream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An upstream on the command line: {@code HOST:PORT} or {@code http://HOST:PORT}. */
final class UpstreamName implements ITypeConverter<Upstream> {
    @Override
    public Upstream convert(String value) {
        try {
            return Upstream.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
