package io.fastsocket.perf.idle;

import io.fastsocket.perf.inspect.JvmHeap;
import io.fastsocket.perf.server.ProcFs;
import io.fastsocket.perf.server.ServerKind;
import io.fastsocket.perf.server.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory that idle connections take.
 *
 * @param connections how many were kept
 * @param heapBytesPerConnection live objects; 0 without a JVM
 * @param nativeBytesPerConnection of the server's process outside of its heap
 * @param kernelBytesPerConnection of the kernel's own objects, for both ends, the client's included
 */
public record IdleMemory(
        ServerKind server,
        int connections,
        double heapBytesPerConnection,
        double nativeBytesPerConnection,
        double kernelBytesPerConnection) {
    /** What is made once and kept is there before the first reading. */
    private static final int WARM_UP_CONNECTIONS = 2000;

    private static final int KIBIBYTE = 1024;
    private static final Pattern SLAB = Pattern.compile("(?m)^Slab:\\s+(\\d+) kB$");

    /** Of the server's process, all of it. */
    public double bytesPerConnection() {
        return heapBytesPerConnection + nativeBytesPerConnection;
    }

    /** Options of a server's JVM by which its heap is resident from the start and does not grow. */
    public static List<String> jvmOptions() {
        return List.of("-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch");
    }

    /**
     * Keeps connections to a server that has had no other load, and closes them.
     *
     * @param text the body of the server's answers
     */
    public static IdleMemory of(ServerKind kind, ServerProcess server, String text, int connections, ProcFs procFs)
            throws IOException, InterruptedException {
        try (IdleConnections warmUp = new IdleConnections(server.address(), text)) {
            warmUp.open(Math.min(connections, WARM_UP_CONNECTIONS));
        }
        try (IdleConnections idle = new IdleConnections(server.address(), text)) {
            Reading before = Reading.of(kind, server, procFs);
            idle.open(connections);
            Reading after = Reading.of(kind, server, procFs);
            server.requireAlive();
            return new IdleMemory(
                    kind,
                    connections,
                    (double) (after.heap - before.heap) / connections,
                    (double) (after.resident - before.resident) / connections,
                    (double) (after.slab - before.slab) / connections);
        }
    }

    private record Reading(long heap, long resident, long slab) {
        static Reading of(ServerKind kind, ServerProcess server, ProcFs procFs)
                throws IOException, InterruptedException {
            long heap = 0;
            if (kind.isJvm()) {
                heap = new JvmHeap(server.pid()).liveBytes();
            }
            return new Reading(heap, procFs.residentBytes(server.pid()), slabBytes());
        }
    }

    private static long slabBytes() throws IOException {
        return slabBytes(Files.readString(Path.of("/proc/meminfo")));
    }

    static long slabBytes(String meminfo) throws IOException {
        Matcher matcher = SLAB.matcher(meminfo);
        if (!matcher.find()) {
            throw new IOException("/proc/meminfo has no line Slab");
        }
        return Long.parseLong(matcher.group(1)) * KIBIBYTE;
    }
}
