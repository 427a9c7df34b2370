package io.fastsocket.perf.compare;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.perf.server.ChildProcesses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The load: {@code wrk}, a closed loop that keeps a fixed number of connections busy. Pinned, it is one single-threaded
 * process per CPU, started together, because {@code wrk} cannot pin its threads, and on loopback the CPU a client thread
 * happens to run on is the CPU that receives its connections.
 */
public final class WrkLoad implements Load {
    /** How long a process may take to end after its time is over. */
    private static final long PATIENCE_SECONDS = 15;

    private static final int THREADS_UNPINNED = 2;

    private final int connections;
    private final int[] cpus;
    private final ChildProcesses children;

    /**
     * A load on any server.
     *
     * @param connections connections kept busy in all, at least one for each CPU
     * @param cpus CPUs to pin a process to each; empty for one process of two threads that the scheduler places
     */
    public WrkLoad(int connections, CpuSet cpus, ChildProcesses children) {
        if (connections < connectionsMin(cpus)) {
            throw new IllegalArgumentException("cannot spread the load: connections=" + connections
                    + " (expected at least " + connectionsMin(cpus) + ", one for each thread of wrk)");
        }
        this.connections = connections;
        this.cpus = cpus.toArray();
        this.children = children;
    }

    /** The fewest connections that go round its threads. */
    static int connectionsMin(CpuSet cpus) {
        return Math.max(THREADS_UNPINNED, cpus.size());
    }

    @Override
    public LoadResult run(InetSocketAddress server, Work work, int seconds) throws IOException, InterruptedException {
        List<Process> running = new ArrayList<>();
        try {
            for (List<String> command : commands(server, work, seconds)) {
                running.add(children.start(new ProcessBuilder(command).redirectErrorStream(true)));
            }
            List<WrkReport> reports = new ArrayList<>();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds + PATIENCE_SECONDS);
            for (Process wrk : running) {
                reports.add(await(wrk, deadline));
            }
            LoadResult result = LoadResult.sumOf(reports);
            if (result.requests() == 0) {
                throw new IOException(
                        "wrk got no response: server=" + server + ", socketErrors=" + result.socketErrors());
            }
            return result;
        } finally {
            running.forEach(children::end);
        }
    }

    /** The command lines that together are the load. */
    List<List<String>> commands(InetSocketAddress server, Work work, int seconds) throws IOException {
        String url = "http://" + server.getAddress().getHostAddress() + ":" + server.getPort() + work.path();
        if (cpus.length == 0) {
            return List.of(wrk(THREADS_UNPINNED, connections, work, seconds, url));
        }
        List<List<String>> commands = new ArrayList<>();
        for (int i = 0; i < cpus.length; i++) {
            // The first CPUs take what does not divide evenly.
            int share = connections / cpus.length + (i < connections % cpus.length ? 1 : 0);
            List<String> command = new ArrayList<>(List.of("taskset", "-c", Integer.toString(cpus[i])));
            command.addAll(wrk(1, share, work, seconds, url));
            commands.add(command);
        }
        return commands;
    }

    private List<String> wrk(int threads, int connections, Work work, int seconds, String url) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("wrk", "-t" + threads, "-c" + connections, "-d" + seconds + "s"));
        if (work.newConnections()) {
            command.addAll(List.of("-H", "Connection: close"));
        }
        if (work.pipelineDepth() > 1) {
            command.addAll(List.of("-s", pipelineScript(work.pipelineDepth()).toString()));
        }
        command.add(url);
        return command;
    }

    /** {@code wrk} pipelines what a script hands it as one request. */
    private Path pipelineScript(int depth) throws IOException {
        String script =
                """
                init = function(args)
                  local requests = {}
                  for i = 1, %d do requests[i] = wrk.format() end
                  pipelined = table.concat(requests)
                end
                request = function() return pipelined end
                """;
        return Files.writeString(children.directory().resolve("pipeline-" + depth + ".lua"), script.formatted(depth));
    }

    /** Its output is a few lines and fits the pipe, so that it can be read when the process has ended. */
    private static WrkReport await(Process wrk, long deadline) throws IOException, InterruptedException {
        if (!wrk.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            throw new IOException("wrk did not end within " + PATIENCE_SECONDS + " s of its time: pid=" + wrk.pid());
        }
        String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (wrk.exitValue() != 0) {
            throw new IOException("wrk failed: exitCode=" + wrk.exitValue() + ": " + output.strip());
        }
        return WrkReport.parse(output);
    }
}
