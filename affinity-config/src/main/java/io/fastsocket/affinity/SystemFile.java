package io.fastsocket.affinity;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads one small text file of {@code /proc} or {@code /sys}, or of a recorded tree of them. */
final class SystemFile {
    /** One more than {@link CpuListFormat} takes, so that a longer list is refused and not cut short. */
    static final int BYTES_MAX = CpuListFormat.LENGTH_MAX + 1;

    private SystemFile() {}

    /**
     * The first {@value #BYTES_MAX} bytes of the file, or {@code null} where there is no such regular file or it cannot be
     * read.
     */
    static @Nullable String read(Path file) {
        // Every file of /proc and /sys is a regular one. Opening anything else, a FIFO, might never return.
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(BYTES_MAX), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return null;
        }
    }
}
