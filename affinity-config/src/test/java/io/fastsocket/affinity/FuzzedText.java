package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the fuzz tests have in common: how bytes become text, and which end of a parser is none to complain of. */
public final class FuzzedText {
    private FuzzedText() {}

    /** As the kernel's files are read. */
    public static String kernel(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static List<String> kernelLines(byte[] bytes) {
        return kernel(bytes).lines().toList();
    }

    /** Runs a parser, which may refuse its input with an error that says what to do, and with nothing else. */
    public static void readOrRefused(Runnable parser) {
        try {
            parser.run();
        } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).contains("; fix: ");
        }
    }

    /** Writes a file of a recorded machine. */
    public static void write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
