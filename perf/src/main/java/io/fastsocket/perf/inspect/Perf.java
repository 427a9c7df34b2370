package io.fastsocket.perf.inspect;

import io.fastsocket.perf.server.ChildProcesses;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One call of {@code perf} that watches processes from its start until {@link #end}. */
final class Perf {
    private static final int PATIENCE_SECONDS = 30;
    private static final String READY = "ready";

    private final Process process;
    private final BufferedReader output;

    private Perf(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts it and waits until it watches.
     *
     * @param options {@code stat} or {@code record} and what it takes
     * @throws IOException if it cannot watch, such as without the right to
     */
    static Perf watch(List<Long> pids, List<String> options, ChildProcesses children) throws IOException {
        List<String> command = new ArrayList<>(List.of("perf"));
        command.addAll(options);
        String list =
                String.join(",", pids.stream().map(pid -> Long.toString(pid)).toList());
        // It watches while the command runs, which says so and then waits for the end of its input.
        command.addAll(List.of("-p", list, "--", "sh", "-c", "echo " + READY + "; cat > /dev/null"));
        Perf perf = new Perf(children.start(new ProcessBuilder(command).redirectErrorStream(true)));
        StringBuilder said = new StringBuilder();
        for (String line = perf.output.readLine(); line != null; line = perf.output.readLine()) {
            if (line.equals(READY)) {
                return perf;
            }
            said.append(line).append(' ');
        }
        throw new IOException(
                "perf " + options.get(0) + " failed: " + said.toString().strip());
    }

    /** Ends it and answers what it printed. */
    String end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        StringBuilder text = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            text.append(line).append('\n');
        }
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("perf failed: " + text.toString().strip());
        }
        return text.toString();
    }
}
