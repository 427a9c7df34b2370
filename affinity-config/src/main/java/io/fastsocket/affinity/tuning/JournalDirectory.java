package io.fastsocket.affinity.tuning;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where journals are kept, and the lock that lets one process at a time change settings. A journal is on disk, whole, before
 * {@link #write} returns: written beside, synced, renamed, the directory synced.
 */
public final class JournalDirectory implements AutoCloseable {
    /** Where journals are unless somebody says otherwise. */
    public static final Path DEFAULT = Path.of("/var/lib/fastsocket/affinity");

    private static final Pattern JOURNAL = Pattern.compile("[0-9]{8}T[0-9]{6}Z-[0-9]{1,6}\\.json");
    private static final int JOURNAL_BYTES_MAX = 16 << 20;
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final FileChannel lock;
    private final Steps steps;

    private JournalDirectory(Path directory, FileChannel lock, Steps steps) {
        this.directory = directory;
        this.lock = lock;
        this.steps = steps;
    }

    /**
     * Opens the directory, makes it where there is none, and takes its lock until it is closed. A killed process's lock is
     * free.
     *
     * @throws TuningException if another process has the lock, or the directory cannot be written
     */
    public static JournalDirectory open(Path directory) throws TuningException {
        return open(directory, Steps.NONE);
    }

    static JournalDirectory open(Path directory, Steps steps) throws TuningException {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            FileChannel lock = FileChannel.open(directory.resolve("lock"), CREATE, READ, WRITE);
            if (!tryLock(lock)) {
                String holder = new String(readAll(lock), StandardCharsets.US_ASCII).strip();
                lock.close();
                throw new TuningException("cannot change settings: lock=" + directory.resolve("lock")
                        + " is held by process " + (holder.isEmpty() ? "unknown" : holder)
                        + ": one apply or undo at a time; fix: wait for it, or confirm it with apply --confirm");
            }
            lock.truncate(0);
            lock.write(ByteBuffer.wrap(
                    String.valueOf(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
            return new JournalDirectory(directory, lock, steps);
        } catch (IOException e) {
            throw new TuningException(
                    "cannot keep a journal in " + directory + ": " + e + "; fix: run as root, or name a directory with"
                            + " --state",
                    e);
        }
    }

    private static boolean tryLock(FileChannel lock) throws IOException {
        try {
            return lock.tryLock() != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    private static byte[] readAll(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(32);
        file.read(bytes, 0);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** The file by which another process confirms an apply that waits. */
    static Path confirmation(Path directory, String id) {
        return directory.resolve(id + ".confirmed");
    }

    Path directory() {
        return directory;
    }

    // ---- journals

    /** Puts the journal on disk; the one of the same id before it is there until the new one is. */
    void write(Journal journal) throws TuningException {
        Path file = directory.resolve(journal.id() + SUFFIX);
        Path beside = directory.resolve("." + journal.id() + ".new");
        try {
            steps.before("write journal");
            try (FileChannel channel = FileChannel.open(beside, CREATE, WRITE, TRUNCATE_EXISTING)) {
                ByteBuffer bytes = ByteBuffer.wrap(JournalFormat.format(journal).getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            steps.before("rename journal");
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel entries = FileChannel.open(directory, READ)) {
                entries.force(true);
            }
        } catch (IOException e) {
            throw new TuningException(
                    "cannot write the journal " + file + ": " + e + "; nothing was changed; fix: free space there, or"
                            + " name another directory with --state",
                    e);
        }
    }

    /** All journals, the oldest first. */
    public List<Journal> all() {
        return read(directory);
    }

    /** All journals of a directory, the oldest first, without its lock; none where there is no directory. */
    public static List<Journal> read(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        SystemRoot root = SystemRoot.recorded(directory);
        return root.names("/").stream()
                .filter(name -> JOURNAL.matcher(name).matches())
                .map(name -> JournalFormat.parse(directory.resolve(name).toString(), text(root, name)))
                .toList();
    }

    private static String text(SystemRoot root, String name) {
        // The root reads bytes as ISO 8859-1; a journal is UTF-8.
        return root.read("/" + name, JOURNAL_BYTES_MAX)
                .map(bytes -> new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                .toOptional()
                .orElse("");
    }

    /** The newest journal that was not undone. */
    public Optional<Journal> newest() {
        return all().stream()
                .filter(journal -> journal.state() != Journal.State.UNDONE)
                .reduce((older, newer) -> newer);
    }

    /** Frees the lock. */
    @Override
    public void close() throws TuningException {
        try {
            lock.close();
        } catch (IOException e) {
            throw new TuningException("cannot free the lock in " + directory + ": " + e + "; fix: none needed", e);
        }
    }
}
