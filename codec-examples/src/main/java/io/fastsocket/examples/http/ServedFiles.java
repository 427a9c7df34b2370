package io.fastsocket.examples.http;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The regular files directly in one directory, which {@code GET /files/NAME} answers. Safe for any thread.
 *
 * <p>Each request looks at its file anew, on the event loop, with lstat(2), open(2) and fstat(2). Sending may wait for the
 * disk where a page is not in memory, as with sendfile(2) anywhere: files that do not fit the page cache, and file systems
 * that hang, are not for this.
 *
 * <p>Links are not followed. Who may write to the directory is trusted: a pipe that takes the place of a file between
 * lstat(2) and open(2) would stop the loop.
 */
public final class ServedFiles {
    private final Path directory;

    private ServedFiles(Path directory) {
        this.directory = directory;
    }

    /**
     * The files of a directory, those that come later too.
     *
     * @throws IllegalArgumentException if it is no directory or cannot be read
     */
    public static ServedFiles of(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw unusable(directory, "it is none; fix: name another or make it");
        }
        if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            throw unusable(directory, "it cannot be read; fix: name another or permit reading");
        }
        return new ServedFiles(directory);
    }

    private static IllegalArgumentException unusable(Path directory, String causeAndFix) {
        return new IllegalArgumentException(
                "cannot serve files: directory=" + directory + " (expected: a directory): " + causeAndFix);
    }

    /**
     * Opens a file for one response; the caller closes it.
     *
     * @param name one that {@link Route} lets pass: no separator, no dot at its beginning
     * @param inChunks whether the body is given as buffers, not as a region
     * @return null if there is no such regular file that may be read
     * @throws IOException if there is one and it cannot be opened, for want of file descriptors for example
     */
    @Nullable
    FileStream open(String name, boolean inChunks) throws IOException {
        Path path = directory.resolve(name);
        if (!isRegular(path)) {
            return null;
        }
        FileChannel file;
        try {
            file = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException | AccessDeniedException e) {
            return null;
        }
        try {
            return new FileStream(file, file.size(), inChunks);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static boolean isRegular(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .isRegularFile();
        } catch (IOException e) {
            return false;
        }
    }
}
