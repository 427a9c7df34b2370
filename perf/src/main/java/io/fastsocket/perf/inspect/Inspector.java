package io.fastsocket.perf.inspect;

import io.fastsocket.perf.server.ChildProcesses;
import io.fastsocket.perf.server.MissingServerException;
import io.fastsocket.perf.server.ProcFs;
import io.fastsocket.perf.server.ServerProcess;
import io.fastsocket.perf.server.SystemProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks into a server while it is under load. What it watches with costs time: rates are taken apart from it. */
public final class Inspector {
    /** Samples of a CPU in a second; no whole number of a timer's ticks. */
    private static final String FREQUENCY = "499";

    private final ChildProcesses children;
    private final ProcFs procFs;
    private final Consumer<String> warnings;
    private final boolean perf;

    /** @param warnings takes what could not be looked into and why */
    public Inspector(ChildProcesses children, ProcFs procFs, Consumer<String> warnings) {
        this.children = children;
        this.procFs = procFs;
        this.warnings = warnings;
        this.perf = hasPerf();
    }

    /** A load that is run to its end. */
    public interface Load {
        /** Answers the number of responses. */
        long run() throws IOException, InterruptedException;
    }

    private boolean hasPerf() {
        try {
            SystemProgram.find("perf", "linux-perf", SystemProgram.searchPath());
            return true;
        } catch (MissingServerException e) {
            warnings.accept("without system calls and functions: " + e.getMessage());
            return false;
        }
    }

    /**
     * Runs a load and looks into the server meanwhile.
     *
     * @param collectionLog the log of its JVM's collections, {@link JvmHeap#jvmOptions}; null for a server in no JVM
     */
    public Findings inspect(ServerProcess server, @Nullable Path collectionLog, Load load)
            throws IOException, InterruptedException {
        Allocation allocation = collectionLog == null || !JvmHeap.isAvailable()
                ? null
                : Allocation.begin(new JvmHeap(server.pid()), collectionLog);
        Path samples = children.directory().resolve("perf.data");
        Watch watch = perf ? watch(server, samples) : null;
        long began = System.nanoTime();
        long requests = load.run();
        double seconds = (System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1);
        SystemCalls calls = watch == null ? null : watch.end();
        JvmHeap.Collections collections = allocation == null ? null : allocation.collections();
        return new Findings(
                requests,
                seconds,
                calls == null ? null : calls.all(),
                calls == null ? null : calls.enters(),
                allocation == null || collections == null ? null : allocation.bytes(collections),
                collections == null ? null : collections.pauseMillis(),
                watch == null ? List.of() : functions(server.pid(), allocation != null, samples));
    }

    /** What a JVM had on its heap when the load began. */
    private record Allocation(JvmHeap heap, Path log, long usedBytes, JvmHeap.Collections before) {
        static Allocation begin(JvmHeap heap, Path log) throws IOException, InterruptedException {
            return new Allocation(heap, log, heap.usedBytes(), JvmHeap.collections(log));
        }

        /** Since then. */
        JvmHeap.Collections collections() throws IOException {
            return JvmHeap.collections(log).since(before);
        }

        /** Since then, what is used more and what was freed. */
        long bytes(JvmHeap.Collections since) throws IOException, InterruptedException {
            return heap.usedBytes() - usedBytes + since.freedBytes();
        }
    }

    private record Watch(Perf counting, Perf sampling) {
        SystemCalls end() throws IOException, InterruptedException {
            SystemCalls calls = SystemCalls.parse(counting.end());
            sampling.end();
            return calls;
        }
    }

    private @Nullable Watch watch(ServerProcess server, Path samples) throws IOException {
        List<Long> pids = procFs.withDescendants(server.pid());
        try {
            Perf counting = Perf.watch(pids, SystemCalls.perfOptions(), children);
            Perf sampling =
                    Perf.watch(pids, List.of("record", "-q", "-F", FREQUENCY, "-o", samples.toString()), children);
            return new Watch(counting, sampling);
        } catch (IOException e) {
            warnings.accept("without system calls and functions: " + e.getMessage());
            return null;
        }
    }

    private static List<FunctionShare> functions(long pid, boolean jvm, Path samples)
            throws IOException, InterruptedException {
        Path map = Path.of("/tmp", "perf-" + pid + ".map");
        try {
            if (jvm) {
                new JvmHeap(pid).writePerfMap();
            }
            SystemProgram.Output report = SystemProgram.run(List.of(
                    "perf",
                    "report",
                    "-i",
                    samples.toString(),
                    "--stdio",
                    "-q",
                    "--no-children",
                    "-g",
                    "none",
                    "-F",
                    "overhead,dso,sym",
                    "-t",
                    FunctionShare.SEPARATOR));
            return FunctionShare.parse(report.text());
        } finally {
            Files.deleteIfExists(map);
            Files.deleteIfExists(samples);
        }
    }
}
