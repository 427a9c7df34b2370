package io.fastsocket.perf.hostile;

import io.fastsocket.perf.inspect.JvmHeap;
import io.fastsocket.perf.server.ChildProcesses;
import io.fastsocket.perf.server.ProcFs;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server as the launcher starts it, with what it says on standard error kept, and its descriptors and heap counted. */
final class WatchedServer {
    private static final Pattern LISTENING = Pattern.compile("(?m)^listening on 127\\.0\\.0\\.1:(\\d+) ");
    private static final Pattern METRICS = Pattern.compile("(?m)^metrics on http://127\\.0\\.0\\.1:(\\d+)/");

    /** All that a server that is left in peace says. */
    private static final Pattern ORDINARY = Pattern.compile("(listening|metrics) on .*");

    private static final Pattern LEVEL = Pattern.compile("^\\S+ (WARN|ERROR) .*");

    /** Servers start side by side. */
    private static final long START_SECONDS_MAX = 120;

    private static final long STOP_SECONDS_MAX = 40;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final String name;
    private final Process process;
    private final Path log;

    private WatchedServer(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    static WatchedServer start(String name, Path launcher, List<String> arguments, ChildProcesses children)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(arguments);
        Path log = Files.createTempFile(children.directory(), name, ".log");
        Process process = children.start(new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(log.toFile()));
        return new WatchedServer(name, process, log);
    }

    String name() {
        return name;
    }

    InetSocketAddress awaitAddress() throws IOException {
        return await(LISTENING);
    }

    InetSocketAddress awaitMetricsAddress() throws IOException {
        return await(METRICS);
    }

    private InetSocketAddress await(Pattern line) throws IOException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (true) {
            Matcher found = line.matcher(Files.readString(log));
            if (found.find()) {
                return new InetSocketAddress("127.0.0.1", Integer.parseInt(found.group(1)));
            }
            if (!process.isAlive() || System.nanoTime() > deadlineNanos) {
                throw new IOException("server " + name + " does not listen: it said " + lastLine());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private String lastLine() throws IOException {
        try (var lines = Files.lines(log)) {
            return lines.reduce("", (before, line) -> line);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int openFiles(ProcFs proc) throws IOException {
        return proc.openFiles(process.pid());
    }

    long liveHeapBytes() throws IOException, InterruptedException {
        return new JvmHeap(process.pid()).liveBytes();
    }

    /** Lines that it would not have written without its peers. */
    List<String> complaints() throws IOException {
        try (var lines = Files.lines(log)) {
            return lines.filter(line -> !ORDINARY.matcher(line).matches()).toList();
        }
    }

    /** Of the complaints, those with a level of WARN or ERROR. */
    static long warnings(List<String> complaints) {
        return complaints.stream().filter(line -> LEVEL.matcher(line).matches()).count();
    }

    /** Sends SIGTERM and waits. Answers the exit code, or -1 if it does not end. */
    int stop() throws InterruptedException {
        process.destroy();
        return process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }
}
