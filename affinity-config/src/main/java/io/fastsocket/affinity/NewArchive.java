package io.fastsocket.affinity;

import io.fastsocket.affinity.system.ErrorText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A zip archive that appears under its name, readable by its owner alone, when it is complete, or not at all. */
final class NewArchive implements AutoCloseable {
    /** The most bytes of all files together, before they are compressed. */
    static final long BYTES_MAX = 256L << 20;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path archive;
    private final Path parent;
    private final Path directory;
    private final Path unfinished;
    private final FileSystem zip;
    private long bytes;
    private boolean finished;

    private NewArchive(Path archive, Path parent, Path directory, Path unfinished, FileSystem zip) {
        this.archive = archive;
        this.parent = parent;
        this.directory = directory;
        this.unfinished = unfinished;
        this.zip = zip;
    }

    /**
     * Begins one.
     *
     * @throws IllegalArgumentException if there is a file of this name
     * @throws IOException if no file can be made there
     */
    static NewArchive begin(Path archive) throws IOException {
        Path place = archive.toAbsolutePath();
        reserve(place);
        Path parent = Objects.requireNonNull(place.getParent(), "what could be made has a parent");
        Path directory = null;
        try {
            // Readable by its owner alone, and on the file system on which the archive is to be.
            directory = Files.createTempDirectory(parent, ".affinity-collect-");
            Path unfinished = directory.resolve("archive.zip");
            FileSystem zip = FileSystems.newFileSystem(
                    unfinished, Map.of("create", "true", "enablePosixFileAttributes", true, "useTempFile", true));
            return new NewArchive(place, parent, directory, unfinished, zip);
        } catch (IOException e) {
            Files.delete(place);
            if (directory != null) {
                Files.delete(directory);
            }
            throw e;
        }
    }

    /** An empty file of ours holds the name, so that what is moved there in the end takes nobody else's. */
    private static void reserve(Path place) throws IOException {
        String what = "cannot write an archive: file=" + ErrorText.quoted(place.toString());
        try {
            Files.createFile(place, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException taken) {
            throw new IllegalArgumentException(
                    what + " (expected a name that is free): there is such a file; fix: remove it, or name another",
                    taken);
        } catch (IOException e) {
            throw new IOException(
                    what + " (expected a place for a file): " + e.getClass().getSimpleName()
                            + "; fix: name one in a directory that exists and can be written to",
                    e);
        }
    }

    /** Adds a file; its text is ISO 8859-1, as it was read. */
    void add(String file, String text, boolean ownerMayWrite) throws IOException {
        bytes += text.length();
        if (bytes > BYTES_MAX) {
            throw new IllegalArgumentException("cannot record a machine: bytes=" + bytes + " (expected at most "
                    + BYTES_MAX + "): its files hold more, with " + ErrorText.quoted(file)
                    + " the last; fix: look at what they hold");
        }
        Path path = zip.getPath(file);
        Files.createDirectories(path.getParent());
        try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.CREATE_NEW)) {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(ownerMayWrite ? "rw-r--r--" : "r--r--r--"));
    }

    /** Puts the complete archive under its name. */
    void finish() throws IOException {
        zip.close();
        Files.setPosixFilePermissions(unfinished, OWNER_ONLY);
        sync(unfinished, StandardOpenOption.WRITE);
        Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE);
        // From here on there is an archive.
        finished = true;
        sync(parent, StandardOpenOption.READ);
    }

    /** Leaves nothing behind but what {@link #finish} put there. */
    @Override
    public void close() throws IOException {
        if (!finished) {
            Files.deleteIfExists(archive);
        }
        try {
            zip.close();
        } finally {
            removeDirectory();
        }
    }

    private void removeDirectory() throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory)) {
            for (Path file : left) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private static void sync(Path path, StandardOpenOption access) throws IOException {
        try (FileChannel file = FileChannel.open(path, access)) {
            file.force(true);
        }
    }
}
