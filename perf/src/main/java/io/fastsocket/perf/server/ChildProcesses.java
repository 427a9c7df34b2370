package io.fastsocket.perf.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The processes this run has started and the directory of their files, so that neither outlives it: closing ends them, and
 * so does the end of this JVM, be it a failure or a signal. Thread-safe.
 */
public final class ChildProcesses implements AutoCloseable {
    /** How long a child may take to end by itself after it was asked to. */
    private static final long GRACE_SECONDS = 3;

    private final Set<Process> running = ConcurrentHashMap.newKeySet();
    private final Thread exitHook = new Thread(this::endAll, "end-children");
    private volatile boolean closed;
    private @Nullable Path directory;

    /** Starts keeping processes, with a shutdown hook behind them. */
    public ChildProcesses() {
        Runtime.getRuntime().addShutdownHook(exitHook);
    }

    /**
     * Starts a process and keeps it.
     *
     * @throws IOException if the program cannot be run, or this object is closed
     */
    public Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        running.add(process);
        // The exit hook may have gone over the set just before the line above.
        if (closed) {
            end(process);
            throw new IOException("cannot start " + builder.command().get(0) + ": the run is being ended");
        }
        return process;
    }

    /**
     * A directory for files of the processes, which every user may read: a server may give up being root.
     *
     * @throws IOException if it cannot be made, or this object is closed
     */
    public synchronized Path directory() throws IOException {
        if (closed) {
            throw new IOException("cannot make a directory: the run is being ended");
        }
        if (directory == null) {
            directory = Files.createTempDirectory("fastsocket-bench");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return directory;
    }

    /**
     * Ends one process: asks it, waits a bounded time, then kills it and those it has started. Does nothing to one that has
     * ended.
     */
    public void end(Process process) {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            descendants.forEach(ProcessHandle::destroyForcibly);
            running.remove(process);
        }
    }

    @Override
    public void close() {
        endAll();
        try {
            Runtime.getRuntime().removeShutdownHook(exitHook);
        } catch (IllegalStateException e) {
            // The JVM is going down already: the hook is running or has run.
        }
    }

    private void endAll() {
        closed = true;
        List<ProcessHandle> descendants =
                running.stream().flatMap(Process::descendants).toList();
        // All are asked first, so that several take one grace time and not one each.
        running.forEach(Process::destroy);
        running.forEach(this::end);
        descendants.forEach(ProcessHandle::destroyForcibly);
        deleteDirectory();
    }

    private synchronized void deleteDirectory() {
        if (directory == null) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
            directory = null;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
