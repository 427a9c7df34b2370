package io.fastsocket.affinity;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Unpacks a machine of {@code src/test/resources/machines} (see the README there) into a directory. */
public final class Machine {
    private Machine() {}

    static CpuTopology read(String name, Path root) {
        unpack(name, root);
        return CpuTopology.read(root);
    }

    /** Unpacks one below {@code root}. */
    public static void unpack(String name, Path root) {
        try (InputStream machine = Machine.class.getResourceAsStream("/machines/" + name + ".txt")) {
            String text = new String(machine.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : text.lines().toList()) {
                int mode = line.indexOf(" mode 0444");
                if (mode > 0) {
                    Files.setPosixFilePermissions(
                            root.resolve(line.substring(0, mode)), PosixFilePermissions.fromString("r--r--r--"));
                    continue;
                }
                int colon = line.indexOf(':');
                append(root.resolve(line.substring(0, colon)), line.substring(colon + 1) + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void append(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, CREATE, APPEND);
    }
}
