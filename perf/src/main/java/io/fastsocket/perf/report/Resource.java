package io.fastsocket.perf.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A file that goes into every page as it is. */
enum Resource {
    STYLE("report.css"),
    PATTERNS("patterns.svg");

    private final String file;

    Resource(String file) {
        this.file = file;
    }

    String text() {
        try (InputStream in = Resource.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(
                        "no resource: name=" + file + " (expected beside " + Resource.class + ")");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read resource: name=" + file, e);
        }
    }
}
