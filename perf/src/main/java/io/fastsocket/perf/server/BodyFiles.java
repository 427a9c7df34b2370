package io.fastsocket.perf.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bodies of {@code /bytes/N} as files, for servers that cannot make them up, and what {@code /files/N} asks for. */
final class BodyFiles {
    /** The size of the file that is served. */
    private static final int SERVED_BYTES = 1 << 20;

    private BodyFiles() {}

    /** Writes a file {@code bytes/N} below a directory and answers its path. */
    static Path write(Path directory, int bytes) throws IOException {
        Path file = directory.resolve("bytes").resolve(Integer.toString(bytes));
        Files.createDirectories(file.getParent());
        String body = "0123456789abcdef".repeat(bytes / 16 + 1).substring(0, bytes);
        return Files.writeString(file, body, StandardCharsets.US_ASCII);
    }

    /** The directory with the file that is served, made if it is not there yet: one for the servers of a run. */
    static Path served(Path directory) throws IOException {
        Path files = directory.resolve("bytes");
        Path file = files.resolve(Integer.toString(SERVED_BYTES));
        if (!Files.exists(file) || Files.size(file) != SERVED_BYTES) {
            write(directory, SERVED_BYTES);
        }
        return files;
    }
}
