package io.fastsocket.affinity.system;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a machine with one interface, eth0, whose driver's answers are given in hexadecimal digits. Blanks in them
 * mean nothing.
 */
public final class EthtoolCalls {
    private final Path root;

    public EthtoolCalls(Path root) {
        this.root = root;
        append("sys/class/net/eth0/operstate", "up");
        append("ethtool/eth0", "");
    }

    public EthtoolCalls answers(String request, int length, String answer) {
        append("ethtool/eth0", cut(request) + " " + length + " " + cut(answer) + "\n");
        return this;
    }

    public EthtoolCalls refuses(String request, int length, int errno) {
        return line(cut(request) + " " + length + " errno " + errno);
    }

    public EthtoolCalls line(String line) {
        append("ethtool/eth0", line + "\n");
        return this;
    }

    public SystemRoot machine() {
        return SystemRoot.recorded(root);
    }

    /** Without blanks, and without the zero bytes at the end. */
    public static String cut(String hex) {
        return hex.replace(" ", "").replaceFirst("(00)+$", "");
    }

    private void append(String file, String text) {
        Path path = root.resolve(file);
        try {
            Files.createDirectories(path.getParent());
            Files.writeString(path, text, StandardCharsets.UTF_8, CREATE, APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
