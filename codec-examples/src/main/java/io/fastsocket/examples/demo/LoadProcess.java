package io.fastsocket.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** The clients and the origin, in a JVM of their own with the flags of this one. Used by one thread. */
final class LoadProcess implements AutoCloseable {
    private final Process process;
    private final PrintWriter orders;
    private final BufferedReader reports;
    private final int originPort;

    private LoadProcess(Process process) throws IOException {
        this.process = process;
        this.orders = new PrintWriter(process.outputWriter(UTF_8), true);
        this.reports = process.inputReader(UTF_8);
        this.originPort = Integer.parseInt(report());
    }

    /** The port of the origin, on loopback. */
    int originPort() {
        return originPort;
    }

    /** @throws IOException if the process cannot be started */
    static LoadProcess start(String text) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(LoadProcess::inherited)
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LoadMain.class.getName(), text));
        return new LoadProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Agents and debuggers take ports and files for themselves; the rest makes both JVMs run alike. */
    private static boolean inherited(String flag) {
        return flag.startsWith("-X") || flag.startsWith("--");
    }

    /** @throws IOException if the process has ended */
    LoadSlice run(int port, LoadMode mode, long millis) throws IOException {
        orders.println(mode.name() + " " + port + " " + millis);
        return LoadSlice.ofLine(report());
    }

    private String report() throws IOException {
        String report = reports.readLine();
        if (report == null) {
            throw new IOException("the process of the clients ended early");
        }
        return report;
    }

    @Override
    public void close() {
        orders.close();
        process.destroy();
    }
}
