package io.fastsocket.perf.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An upstream that answers a request for {@code /probe} as it should and anything else with whatever comes to its mind. */
final class HostileOrigin implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int HEAD_BYTES_MAX = 4096;
    private static final int HEAD_MILLIS_MAX = 300;
    private static final byte[] GOOD_ANSWER =
            Payloads.latin("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");

    private final ServerSocket listener;
    private final Sockets sockets;
    private final SplittableRandom random;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "hostile-origin");
        thread.setDaemon(true);
        return thread;
    });

    private HostileOrigin(ServerSocket listener, Sockets sockets, long seed) {
        this.listener = listener;
        this.sockets = sockets;
        this.random = new SplittableRandom(seed);
    }

    static HostileOrigin start(Sockets sockets, long seed) throws IOException {
        ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        HostileOrigin origin = new HostileOrigin(listener, sockets, seed);
        origin.threads.execute(origin::accept);
        return origin;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.bound(socket);
                SplittableRandom own = random.split();
                threads.execute(() -> answer(socket, own));
            } catch (IOException e) {
                // Closed, or one connection less.
            }
        }
    }

    private void answer(Socket socket, SplittableRandom own) {
        byte[] payload = new ResponsePayloads().next(own);
        Conduct conduct = new Conduct(payload, own);
        boolean reads = own.nextInt(8) > 0;
        try {
            socket.setTcpNoDelay(true);
            String head = head(socket, reads);
            if (head.contains("GET /probe ")) {
                try (socket) {
                    socket.getOutputStream().write(GOOD_ANSWER);
                }
                return;
            }
        } catch (IOException e) {
            // It sends what it has to send.
        }
        conduct.carryOut(socket);
    }

    /** What of a request's head has come, up to its end; of another one than a probe's, its first bytes alone at times. */
    private static String head(Socket socket, boolean toItsEnd) throws IOException {
        socket.setSoTimeout(HEAD_MILLIS_MAX);
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[HEAD_BYTES_MAX];
        StringBuilder head = new StringBuilder();
        while (head.length() < HEAD_BYTES_MAX && head.indexOf("\r\n\r\n") < 0) {
            int length = in.read(buffer);
            if (length < 0) {
                break;
            }
            head.append(new String(buffer, 0, length, ISO_8859_1));
            boolean maybeProbe = "GET /probe ".startsWith(head.substring(0, Math.min(11, head.length())))
                    || head.indexOf("GET /probe ") >= 0;
            if (!toItsEnd && !maybeProbe) {
                break;
            }
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
