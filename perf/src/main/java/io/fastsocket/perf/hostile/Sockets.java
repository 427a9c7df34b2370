package io.fastsocket.perf.hostile;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Opens connections that end after a bounded time whatever their user waits for: a write to a server that does not read
 * has no timeout of its own. Safe for use by any thread.
 */
final class Sockets implements AutoCloseable {
    /** Longer than any conduct takes. */
    private static final long LIFE_MILLIS_MAX = 1500;

    private static final int CONNECT_MILLIS_MAX = 5000;

    private final ScheduledExecutorService limits = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "hostile-limits");
        thread.setDaemon(true);
        return thread;
    });

    /** A connection to the server, from an address of loopback that has the ports. */
    Socket connect(InetSocketAddress server, String source) throws IOException {
        Socket socket = new Socket();
        try {
            socket.bind(new InetSocketAddress(source, 0));
            socket.setTcpNoDelay(true);
            socket.connect(server, CONNECT_MILLIS_MAX);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        bound(socket);
        return socket;
    }

    /** Ends a connection when its time is over. */
    void bound(Socket socket) {
        limits.schedule(() -> end(socket), LIFE_MILLIS_MAX, TimeUnit.MILLISECONDS);
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
    }

    @Override
    public void close() {
        limits.shutdownNow();
    }
}
