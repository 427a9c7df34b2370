package io.fastsocket.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What the kernel says of listeners, and whether a port is free. */
public final class ListeningSockets {
    private static final String STATE_LISTEN = "0A";

    private ListeningSockets() {}

    /** How many sockets of this network namespace listen on {@code port}. */
    public static long countOn(int port) throws IOException {
        String hexPort = String.format(Locale.ROOT, ":%04X", port);
        long count = 0;
        for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
            Path path = Path.of(table);
            if (Files.exists(path)) {
                count += Files.readAllLines(path).stream()
                        .map(line -> line.trim().split("\\s+"))
                        .filter(row -> row[1].endsWith(hexPort) && row[3].equals(STATE_LISTEN))
                        .count();
            }
        }
        return count;
    }

    /** Fails when anybody holds the port of {@code address}. */
    public static void requireFree(InetSocketAddress address) throws IOException {
        try (ServerSocket exclusive = new ServerSocket()) {
            exclusive.setReuseAddress(true);
            exclusive.bind(address);
        }
    }
}
