package io.fastsocket.perf.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A server in a process of its own that has said where it listens. */
public final class ServerProcess implements AutoCloseable {
    /** The line by which a server says that it is ready. */
    private static final Pattern LISTENING = Pattern.compile("listening on (\\S+):(\\d+)(?:\\s.*)?");

    /** Lines of the server's standard error that an error message quotes. */
    private static final int LINES_QUOTED_MAX = 5;

    private final String name;
    private final ChildProcesses children;
    private final Process process;
    private final CompletableFuture<InetSocketAddress> listening = new CompletableFuture<>();
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
            server.drainStandardError();
            server.awaitListening(patience);
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
        return listening.join();
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

    /** Finds the address in a line such as {@code listening on 127.0.0.1:8080 (io_uring, 2 loops)}, or answers null. */
    static @Nullable InetSocketAddress listeningAddress(String line) {
        Matcher matcher = LISTENING.matcher(line);
        return matcher.matches() ? new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2))) : null;
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

    /** Standard error is read to its end, or a server that has much to say would block on a full pipe. */
    private void drainStandardError() {
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
    }

    private void heard(String line) {
        synchronized (lastLines) {
            lastLines.addLast(line);
            if (lastLines.size() > LINES_QUOTED_MAX) {
                lastLines.removeFirst();
            }
        }
        InetSocketAddress address = listeningAddress(line);
        if (address != null) {
            listening.complete(address);
        }
    }

    private String failure(String what) {
        synchronized (lastLines) {
            return "server " + name + " " + what
                    + (lastLines.isEmpty() ? "" : "; it said: " + String.join(" | ", lastLines));
        }
    }
}
