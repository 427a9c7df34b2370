package io.fastsocket.perf.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Readings of other processes from {@code /proc}, proc(5). Thread-safe. */
public final class ProcFs {
    private final Path root;
    private final long ticksPerSecond;

    /**
     * Readings below a root.
     *
     * @param root {@code /proc}, or a recorded copy
     * @param ticksPerSecond what {@code getconf CLK_TCK} says
     */
    public ProcFs(Path root, long ticksPerSecond) {
        this.root = root;
        this.ticksPerSecond = ticksPerSecond;
    }

    /**
     * This machine's {@code /proc}.
     *
     * @throws IOException if the length of a clock tick cannot be found out
     */
    public static ProcFs ofThisMachine() throws IOException, InterruptedException {
        Process getconf = new ProcessBuilder("getconf", "CLK_TCK").start();
        String answer = new String(getconf.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (getconf.waitFor() != 0) {
            throw new IOException("getconf CLK_TCK failed: exitCode=" + getconf.exitValue());
        }
        return new ProcFs(Path.of("/proc"), Long.parseLong(answer.strip()));
    }

    /**
     * CPU time and context switches so far of a process and those that it has started and that live, as the workers of
     * nginx.
     *
     * @throws IOException if there is no such process
     */
    public ProcessUsage usage(long pid) throws IOException {
        long userTicks = 0;
        long systemTicks = 0;
        long contextSwitches = 0;
        for (long each : withDescendants(pid)) {
            CpuTicks ticks = CpuTicks.parse(Files.readString(of(each).resolve("stat")));
            userTicks += ticks.user();
            systemTicks += ticks.system();
            contextSwitches += contextSwitches(each);
        }
        return new ProcessUsage(micros(userTicks), micros(systemTicks), contextSwitches);
    }

    /**
     * The number of open file descriptors of a process.
     *
     * @throws IOException if there is no such process, or it is another user's
     */
    public int openFiles(long pid) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(of(pid).resolve("fd"))) {
            for (Path ignored : descriptors) {
                count++;
            }
        }
        return count;
    }

    /**
     * Resident memory of a process and those that it has started, bytes; what they share counts for each.
     *
     * @throws IOException if there is no such process
     */
    public long residentBytes(long pid) throws IOException {
        long sum = 0;
        for (long each : withDescendants(pid)) {
            sum += StatusFile.parse(Files.readString(of(each).resolve("status")))
                    .residentBytes();
        }
        return sum;
    }

    /**
     * A process and those that it has started and that live, the process first.
     *
     * @throws IOException if there is no such process
     */
    public List<Long> withDescendants(long pid) throws IOException {
        // By the children of each thread, a file that a kernel may be built without.
        List<Long> pids = new ArrayList<>(List.of(pid));
        // Grows while it is gone through.
        for (int i = 0; i < pids.size(); i++) {
            try (DirectoryStream<Path> threads =
                    Files.newDirectoryStream(of(pids.get(i)).resolve("task"))) {
                for (Path thread : threads) {
                    pids.addAll(children(thread));
                }
            }
        }
        return pids;
    }

    private static List<Long> children(Path thread) throws IOException {
        try {
            String children = Files.readString(thread.resolve("children"));
            return children.isBlank()
                    ? List.of()
                    : Arrays.stream(children.strip().split(" "))
                            .map(Long::valueOf)
                            .toList();
        } catch (NoSuchFileException e) {
            // The thread ended after it was listed.
            return List.of();
        }
    }

    /** {@code /proc/PID/status} counts the main thread alone, so that the threads are summed here. */
    private long contextSwitches(long pid) throws IOException {
        long sum = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(of(pid).resolve("task"))) {
            for (Path thread : threads) {
                try {
                    sum += StatusFile.parse(Files.readString(thread.resolve("status")))
                            .contextSwitches();
                } catch (NoSuchFileException e) {
                    // The thread ended after it was listed.
                }
            }
        }
        return sum;
    }

    private long micros(long ticks) {
        return ticks * TimeUnit.SECONDS.toMicros(1) / ticksPerSecond;
    }

    private Path of(long pid) {
        return root.resolve(Long.toString(pid));
    }
}
