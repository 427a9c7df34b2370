package io.fastsocket.perf.churn;

import io.fastsocket.perf.server.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Takes the footprint of a JVM from outside, through {@code /proc} and the JDK's {@code jcmd}. That goes through a Unix socket of
 * the JVM's, which the first call opens for good: call once before the first footprint that counts.
 */
public final class FootprintProbe {
    /** The JVM option without which direct memory cannot be told. */
    public static final String JVM_OPTION = "-XX:NativeMemoryTracking=summary";

    private static final long JCMD_SECONDS_MAX = 30;

    /** How long descriptors of connections just closed may take to go away. */
    private static final Duration SETTLING_MAX = Duration.ofSeconds(3);

    private static final long POLL_MILLIS = 20;

    private final ProcFs procFs;
    private final long pid;

    /** A probe of the JVM with a process id, which must be the same user's. */
    public FootprintProbe(ProcFs procFs, long pid) {
        this.procFs = procFs;
        this.pid = pid;
    }

    /**
     * Takes the footprint, after a garbage collection.
     *
     * @param connections connections served so far, for the record
     * @param openFilesExpected waits a bounded time until no more descriptors than these are open
     * @throws IOException if the JVM has ended or does not answer
     */
    public Footprint take(long connections, int openFilesExpected) throws IOException, InterruptedException {
        int openFiles = settledOpenFiles(openFilesExpected);
        // The first collection queues what has a cleaner, the second finds it cleaned.
        jcmd("GC.run");
        jcmd("GC.run");
        return new Footprint(
                connections,
                openFiles,
                procFs.residentBytes(pid),
                JvmMemory.heapBytes(jcmd("GC.heap_info")),
                JvmMemory.directBytes(jcmd("VM.native_memory", "summary", "scale=KB")));
    }

    private int settledOpenFiles(int expected) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SETTLING_MAX.toNanos();
        int openFiles = procFs.openFiles(pid);
        while (openFiles > expected && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MILLIS);
            openFiles = procFs.openFiles(pid);
        }
        return openFiles;
    }

    private String jcmd(String... command) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>();
        arguments.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        arguments.add(Long.toString(pid));
        arguments.addAll(List.of(command));
        Process process =
                new ProcessBuilder(arguments).redirectErrorStream(true).start();
        try {
            // What it prints fits the pipe, so that a JVM that does not answer cannot hold up the reading.
            boolean ended = process.waitFor(JCMD_SECONDS_MAX, TimeUnit.SECONDS);
            String output =
                    ended ? new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8) : "no answer";
            if (!ended || process.exitValue() != 0) {
                throw new IOException(
                        "jcmd failed: command=" + String.join(" ", command) + ", pid=" + pid + ": " + output.strip());
            }
            return output;
        } finally {
            process.destroyForcibly();
        }
    }
}
