package io.fastsocket.perf.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A server in a process of its own that is ready: it has said where it listens, or takes connections where it was told to. */
public final class ServerProcess implements AutoCloseable {
    /** Between two attempts to connect to a server that does not say when it is ready. */
    private static final long CONNECT_PAUSE_MILLIS = 20;

    private static final int CONNECT_TIMEOUT_MILLIS = 1000;

    /** How long the last lines of a server that has ended may take to be read; a process of its own may hold them open. */
    private static final int LAST_LINES_MILLIS = 1000;

    /** Lines of the server's standard error that an error message quotes. */
    private static final int LINES_QUOTED_MAX = 5;

    private final String name;
    private final ChildProcesses children;
    private final Process process;
    private final CompletableFuture<Listening> listening = new CompletableFuture<>();
    private final Deque<String> lastLines = new ArrayDeque<>();

    private ServerProcess(String name, ChildProcesses children, Process process) {
        this.name = name;
        this.children = children;
        this.process = process;
    }

    /**
     * Starts a server and waits until it listens.
     *
     * @throws IOException if the process cannot be started, ends, or does not listen within {@code patience}; then it has
     *     been ended
     */
    public static ServerProcess start(String name, ServerCommand command, ChildProcesses children, Duration patience)
            throws IOException, InterruptedException {
        Process process =
                children.start(new ProcessBuilder(command.arguments()).redirectOutput(ProcessBuilder.Redirect.DISCARD));
        ServerProcess server = new ServerProcess(name, children, process);
        boolean ready = false;
        try {
            Thread drain = server.drainStandardError();
            if (command.expected().isPresent()) {
                server.awaitConnection(command.expected().get(), drain, patience);
            } else {
                server.awaitListening(patience);
            }
            ready = true;
            return server;
        } finally {
            if (!ready) {
                server.close();
            }
        }
    }

    /** The name this server goes by in messages. */
    public String name() {
        return name;
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /** The address it accepts connections on. */
    public InetSocketAddress address() {
        return listening.join().address();
    }

    /** What it is and in which version, as far as it is known, such as {@code nginx/1.22.1, 2 workers}; may be empty. */
    public String about() {
        return listening.join().about();
    }

    /**
     * Checks that the server is still there: figures of a server that died half-way would be figures of nothing.
     *
     * @throws IOException if its process has ended
     */
    public void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(failure("ended while under test with exit code " + process.exitValue()));
        }
    }

    @Override
    public void close() {
        children.end(process);
    }

    private void awaitListening(Duration patience) throws IOException, InterruptedException {
        try {
            listening.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException(failure("did not listen within " + patience.toSeconds() + " s"), e);
        } catch (ExecutionException e) {
            process.waitFor(1, TimeUnit.SECONDS);
            throw new IOException(failure("ended before it listened"), e);
        }
    }

    private void awaitConnection(Listening expected, Thread drain, Duration patience)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!takesConnections(expected.address())) {
            if (System.nanoTime() >= deadline) {
                throw new IOException(failure("did not listen within " + patience.toSeconds() + " s"));
            }
            if (process.waitFor(CONNECT_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                drain.join(LAST_LINES_MILLIS);
                throw new IOException(failure("ended before it listened"));
            }
        }
        listening.complete(expected);
    }

    private static boolean takesConnections(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_TIMEOUT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Standard error is read to its end, or a server that has much to say would block on a full pipe. */
    private Thread drainStandardError() {
        Thread drain = new Thread(
                () -> {
                    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
                        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                            heard(line);
                        }
                    } catch (IOException e) {
                        // The pipe goes away with the process.
                    } finally {
                        listening.completeExceptionally(new IOException("end of standard error"));
                    }
                },
                "stderr-of-" + name);
        drain.setDaemon(true);
        drain.start();
        return drain;
    }

    private void heard(String line) {
        synchronized (lastLines) {
            lastLines.addLast(line);
            if (lastLines.size() > LINES_QUOTED_MAX) {
                lastLines.removeFirst();
            }
        }
        Listening.parse(line).ifPresent(listening::complete);
    }

    private String failure(String what) {
        synchronized (lastLines) {
            return "server " + name + " " + what
                    + (lastLines.isEmpty() ? "" : "; it said: " + String.join(" | ", lastLines));
        }
    }
}
