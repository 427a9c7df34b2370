package io.fastsocket.perf.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A server on blocking sockets that plays a script on every connection, each on a thread of its own, and counts requests. */
final class ScriptedServer implements AutoCloseable {
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    static final String OK_CLOSE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    private final ServerSocket listener;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong requests = new AtomicLong();

    /** Plays one connection; the connection is closed when it returns. */
    interface Script {
        void play(Peer peer) throws IOException, InterruptedException;
    }

    ScriptedServer(Script script) throws IOException {
        this(new ServerSocket(0, 1024, InetAddress.getLoopbackAddress()), script);
        accept();
    }

    /** One that accepts nothing before {@link #accept}. */
    ScriptedServer(ServerSocket listener, Script script) {
        this.script = script;
        this.listener = listener;
    }

    void accept() {
        start(this::acceptAll);
    }

    /** One that answers every request the same. */
    static ScriptedServer answering(String response) throws IOException {
        return new ScriptedServer(peer -> {
            while (peer.readRequest()) {
                peer.write(response);
            }
        });
    }

    Target target() {
        return new Target((InetSocketAddress) listener.getLocalSocketAddress(), "test", "/", false);
    }

    long requests() {
        return requests.get();
    }

    int connections() {
        return connections.get();
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                int index = connections.getAndIncrement();
                open.add(socket);
                start(() -> play(socket, index));
            } catch (IOException e) {
                // The test has closed it.
            }
        }
    }

    private void play(Socket socket, int index) {
        try (socket) {
            socket.setTcpNoDelay(true);
            script.play(new Peer(socket, index));
        } catch (IOException | InterruptedException e) {
            // The client's end is what the test looks at.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** The server's end of a connection. */
    final class Peer {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;
        /** Its number on this server, from 0. */
        final int index;

        Peer(Socket socket, int index) throws IOException {
            this.socket = socket;
            this.index = index;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        /** Reads up to the empty line; false at the end of input. */
        boolean readRequest() throws IOException {
            int newlines = 0;
            while (newlines < 2) {
                int c = in.read();
                if (c < 0) {
                    return false;
                }
                newlines = c == '\n' ? newlines + 1 : c == '\r' ? newlines : 0;
            }
            requests.incrementAndGet();
            return true;
        }

        void write(String text) throws IOException {
            out.write(text.getBytes(ISO_8859_1));
        }

        /** Each byte in a write of its own. */
        void writeByBytes(String text) throws IOException {
            for (byte b : text.getBytes(ISO_8859_1)) {
                out.write(b);
            }
        }

        /** Waits until the client closes. */
        void awaitEnd() throws IOException {
            while (in.read() >= 0) {
                // Whatever comes.
            }
        }

        /** Whether the client closes within this time. */
        boolean endsWithin(Duration time) throws IOException {
            socket.setSoTimeout((int) time.toMillis());
            try {
                return in.read() < 0;
            } catch (SocketTimeoutException e) {
                return false;
            }
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
