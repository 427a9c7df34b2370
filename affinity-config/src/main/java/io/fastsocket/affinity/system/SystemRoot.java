package io.fastsocket.affinity.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the files of {@code /proc}, {@code /sys} and {@code /etc} are: those of this machine, or a recorded machine's, in a
 * directory or in an archive that {@code affinity collect} made.
 *
 * <p>Names are given as on the machine, {@code "/sys/class/net/eth0/mtu"}. In a recorded machine they never lead out of it,
 * whatever symbolic links it holds. Safe for use by any thread.
 */
public final class SystemRoot implements AutoCloseable {
    /** The most that a file may have: {@code /proc/interrupts} of a machine with 1024 CPUs and 2000 interrupts has 22 MB. */
    public static final int BYTES_MAX = 32 << 20;
    /** The most that a file with one value may have; an 8192-CPU list has at most 39 KB. */
    public static final int VALUE_BYTES_MAX = 64 << 10;
    /** The most names a directory may have. */
    public static final int NAMES_MAX = 1 << 16;

    /** Between a digit and what is none. */
    private static final Pattern DIGITS = Pattern.compile("(?<=[0-9])(?=[^0-9])|(?<=[^0-9])(?=[0-9])");

    /** Follows the name of a directory that was a link. */
    public static final String LINK_NAME_FILE = "/.link";

    private final Path root;
    private final boolean live;
    private final FileSystem archive;

    private SystemRoot(Path root, boolean live, FileSystem archive) {
        this.root = root;
        this.live = live;
        this.archive = archive;
    }

    /** This machine. */
    public static SystemRoot live() {
        Path root = Path.of("/");
        return new SystemRoot(root, true, root.getFileSystem());
    }

    /**
     * A recorded machine.
     *
     * @param directoryOrArchive a directory that stands for {@code /}, or a zip archive of one
     * @throws SystemFileException if it is neither
     */
    public static SystemRoot recorded(Path directoryOrArchive) {
        try {
            if (Files.isDirectory(directoryOrArchive)) {
                Path root = directoryOrArchive.toRealPath();
                return new SystemRoot(root, false, root.getFileSystem());
            }
            if (!Files.isRegularFile(directoryOrArchive)) {
                throw notRecorded(directoryOrArchive, "there is no such directory or file");
            }
            FileSystem zip = FileSystems.newFileSystem(
                    directoryOrArchive, Map.of("accessMode", "readOnly", "enablePosixFileAttributes", true));
            return new SystemRoot(zip.getPath("/"), false, zip);
        } catch (IOException | IllegalArgumentException e) {
            if (e instanceof SystemFileException already) {
                throw already;
            }
            throw notRecorded(directoryOrArchive, String.valueOf(e.getMessage()));
        }
    }

    private static SystemFileException notRecorded(Path place, String cause) {
        return new SystemFileException(
                place.toString(),
                0,
                "cannot read a recorded machine: root=" + ErrorText.quoted(place.toString())
                        + " (expected a directory, or an archive made by affinity collect): " + cause
                        + "; fix: name one, or leave --root out for this machine");
    }

    /** Whether this is the machine itself, so that ioctls make sense. */
    public boolean isLive() {
        return live;
    }

    /** The drivers of this machine, or what those of the recorded one answered. */
    public Ethtool ethtool() {
        return live ? new IoctlEthtool() : new RecordedEthtool(this);
    }

    /** The file's text without the line break at its end: one value, at most {@value #VALUE_BYTES_MAX} bytes. */
    public Answer<String> value(String file) {
        return read(file, VALUE_BYTES_MAX).map(String::stripTrailing);
    }

    /** The file's lines, at most {@value #BYTES_MAX} bytes in all. */
    public Answer<List<String>> lines(String file) {
        return read(file, BYTES_MAX).map(text -> text.lines().toList());
    }

    /**
     * The whole text, as ISO 8859-1, as the kernel takes names for bytes.
     *
     * @throws SystemFileException if it is no regular file, longer than {@code bytesMax}, or holds a NUL
     */
    public Answer<String> read(String file, int bytesMax) {
        Answer<String> text = bytes(file, bytesMax);
        if (text.toOptional().filter(known -> known.indexOf('\0') >= 0).isPresent()) {
            throw malformed(file, "text", "it holds a NUL");
        }
        return text;
    }

    private Answer<String> bytes(String file, int bytesMax) {
        Path path = resolve(file);
        if (!Files.exists(path)) {
            return Answer.unsupported("no file " + file);
        }
        // Every file of /proc and /sys is a regular one. Opening anything else, a FIFO, might never return.
        if (!Files.isRegularFile(path)) {
            throw malformed(file, "a regular file", "it is of another kind");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            // Not Files.readString(): it trusts sizes, and files of /proc have none.
            bytes = in.readNBytes(bytesMax + 1);
        } catch (AccessDeniedException denied) {
            return Answer.failed("cannot read " + file + ": permission denied; fix: run as root");
        } catch (NoSuchFileException gone) {
            return Answer.unsupported("no file " + file);
        } catch (IOException e) {
            return Answer.failed("cannot read " + file + ": " + e.getMessage());
        }
        if (bytes.length > bytesMax) {
            throw malformed(file, "at most " + bytesMax + " bytes", "it has more");
        }
        return Answer.known(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    /** The words of a process's command line, blanks between them; empty where it cannot be read. */
    public String commandLine(int pid) {
        return bytes("/proc/" + pid + "/cmdline", VALUE_BYTES_MAX)
                .map(text -> text.replace('\0', ' '))
                .toOptional()
                .orElse("");
    }

    /** The names in a directory, in natural order; none where there is no such directory or it may not be read. */
    public List<String> names(String directory) {
        Path path = resolve(directory);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                // Of archives, names of directories end in a slash.
                names.add(name.endsWith("/") ? name.substring(0, name.length() - 1) : name);
                if (names.size() > NAMES_MAX) {
                    throw malformed(directory, "at most " + NAMES_MAX + " names", "it has more");
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        names.sort(SystemRoot::naturalOrder);
        return names;
    }

    /** {@code rx-2} stands before {@code rx-10}. */
    private static int naturalOrder(String one, String other) {
        String[] ones = DIGITS.split(one, -1);
        String[] others = DIGITS.split(other, -1);
        for (int part = 0; part < Math.min(ones.length, others.length); part++) {
            boolean numbers = isShortNumber(ones[part]) && isShortNumber(others[part]);
            int order = numbers
                    ? Long.compare(Long.parseLong(ones[part]), Long.parseLong(others[part]))
                    : ones[part].compareTo(others[part]);
            if (order != 0) {
                return order;
            }
        }
        return one.compareTo(other);
    }

    private static boolean isShortNumber(String part) {
        return !part.isEmpty() && part.length() <= 18 && part.charAt(0) >= '0' && part.charAt(0) <= '9';
    }

    /** The directory that holds what a directory or a symbolic link to one really is; empty where there is none. */
    public Optional<String> parentOfReal(String directory) {
        try {
            Path parent = resolve(directory).toRealPath().getParent();
            return parent == null || !parent.startsWith(root) || parent.equals(root)
                    ? Optional.empty()
                    : Optional.of("/" + root.relativize(parent));
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /** Whether what is mounted at this place, or above it, is mounted read-only, as container runtimes do. */
    public boolean isReadOnly(String mountPoint) {
        String found = "";
        boolean readOnly = false;
        for (String line : lines("/proc/self/mounts").toOptional().orElse(List.of())) {
            String[] words = line.split(" ", -1);
            boolean above = words.length > 3
                    && (mountPoint.equals(words[1])
                            || mountPoint.startsWith(words[1].equals("/") ? "/" : words[1] + "/"));
            // A later mount on the same place hides the earlier one.
            if (above && words[1].length() >= found.length()) {
                found = words[1];
                readOnly = List.of(words[3].split(",")).contains("ro");
            }
        }
        return readOnly;
    }

    public boolean isDirectory(String directory) {
        return Files.isDirectory(resolve(directory));
    }

    public boolean exists(String file) {
        return Files.exists(resolve(file));
    }

    /** The last name of what a symbolic link points to, such as the driver of {@code /sys/class/net/eth0/device/driver}. */
    public Answer<String> linkName(String link) {
        Path path = root.resolve(relative(link));
        try {
            if (Files.isSymbolicLink(path)) {
                return Answer.known(String.valueOf(Files.readSymbolicLink(path).getFileName()));
            }
        } catch (IOException e) {
            return Answer.failed("cannot read link " + link + ": " + e.getMessage());
        }
        // An archive has no links: collect writes the target's last name into a file of the link's name, or, where
        // files
        // behind the link were collected too, of a name in the directory.
        if (Files.isDirectory(path)) {
            return value(link + LINK_NAME_FILE);
        }
        return Files.isRegularFile(path) ? value(link) : Answer.unsupported("no link " + link);
    }

    /** Whether the file's mode lets its owner write: the kernel takes that away from what nobody can set. */
    public boolean ownerMayWrite(String file) {
        try {
            return Files.getPosixFilePermissions(resolve(file)).contains(PosixFilePermission.OWNER_WRITE);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Where the file is, for who writes it. */
    public Path path(String file) {
        return resolve(file);
    }

    private Path resolve(String file) {
        Path path = root.resolve(relative(file)).normalize();
        if (live) {
            return path;
        }
        try {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                    && !path.toRealPath().startsWith(root)) {
                throw malformed(file, "a file of the recorded machine", "a symbolic link leads out of it");
            }
        } catch (IOException dangling) {
            // A link to nothing: whoever opens it finds that there is no file.
            return path;
        }
        return path;
    }

    private static String relative(String file) {
        if (!file.startsWith("/") || file.contains("/../") || file.endsWith("/..") || file.indexOf('\0') >= 0) {
            throw malformed(file, "an absolute name without ..", "it could lead anywhere");
        }
        return file.substring(1);
    }

    private static SystemFileException malformed(String file, String expected, String cause) {
        return new SystemFileException(
                file,
                0,
                "cannot read a system file: file=" + ErrorText.quoted(file) + " (expected " + expected + "): " + cause
                        + "; fix: look at the file; on a recorded machine, collect it again");
    }

    @Override
    public String toString() {
        return root.toString();
    }

    /** Closes an archive. */
    @Override
    public void close() throws IOException {
        if (archive != FileSystems.getDefault()) {
            archive.close();
        }
    }
}
