package io.fastsocket.affinity.system;

import java.util.OptionalInt;

/**
 * A file holds what its writer, the kernel or this project, never writes, or is not what it should be. The message names the
 * file, the line where there is one, what was expected, and what to do.
 */
public class SystemFileException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String file;
    private final int line;

    /**
     * @param file its name, as a user would type it
     * @param line from 1, or 0 where the whole file is meant
     * @param message {@code what failed on which object: name=value (expected …): cause; fix: action}
     */
    public SystemFileException(String file, int line, String message) {
        super(message);
        this.file = file;
        this.line = line;
    }

    /** A line of a file of the kernel that the kernel does not write. */
    public static SystemFileException notTheKernels(String file, int line, String found, String expected) {
        return new SystemFileException(
                file,
                line,
                "cannot read " + file + ":" + line + ": found=" + ErrorText.quoted(found) + " (expected " + expected
                        + "): the kernel does not write this; fix: on a recorded machine, collect it again");
    }

    /** The file's name. */
    public final String file() {
        return file;
    }

    /** The line, from 1; empty where the whole file is meant. */
    public final OptionalInt line() {
        return line == 0 ? OptionalInt.empty() : OptionalInt.of(line);
    }
}
