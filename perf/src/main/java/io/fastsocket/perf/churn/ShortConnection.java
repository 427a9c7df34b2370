package io.fastsocket.perf.churn;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * One connection after the other: connect, ask, read to the end, close. The request says {@code Connection: close}, so that
 * the server closes first and TIME_WAIT stays on its side: the client's port is free again at once, and a new connection
 * from it takes the place of the old one (tcp(7), {@code tcp_timewait_state_process} in net/ipv4/tcp_minisocks.c). One
 * thread at a time.
 */
final class ShortConnection {
    /** A connection on which nothing comes for this long has failed. */
    static final Duration SILENCE_MAX = Duration.ofSeconds(10);

    private final InetSocketAddress server;
    private final byte[] request;
    private final byte[] response = new byte[4096];

    ShortConnection(InetSocketAddress server) {
        this.server = server;
        this.request = ("GET / HTTP/1.1\r\nHost: " + server.getHostString() + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Makes one connection.
     *
     * @throws IOException if any step fails or takes longer than {@link #SILENCE_MAX}, or the response is not a whole one
     *     with status 200 and then the end of the stream
     */
    void run() throws IOException {
        int length = 0;
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) SILENCE_MAX.toMillis());
            socket.connect(server, (int) SILENCE_MAX.toMillis());
            socket.getOutputStream().write(request);
            InputStream in = socket.getInputStream();
            for (int read = 0; read >= 0; read = in.read(response, length, response.length - length)) {
                length += read;
                if (length == response.length) {
                    throw new IOException("response too long: bytes>=" + length);
                }
            }
        } catch (SocketTimeoutException e) {
            // Its own message does not tell a server that never answers from one that never closes.
            throw new SocketTimeoutException((length == 0 ? "no response" : "response but no end of stream")
                    + " within " + SILENCE_MAX.toSeconds() + " s");
        }
        requireWhole(new String(response, 0, length, StandardCharsets.ISO_8859_1));
    }

    /** A response cut short, and one of another status, are failures too, although the connection went well. */
    static void requireWhole(String response) throws IOException {
        if (response.isEmpty()) {
            throw new EOFException("closed without a response");
        }
        if (!response.startsWith("HTTP/1.1 200 ")) {
            throw new IOException(
                    "unexpected status: " + response.lines().findFirst().orElse(""));
        }
        int headEnd = response.indexOf("\r\n\r\n");
        if (headEnd < 0) {
            throw new EOFException("closed within the response's head");
        }
        int expected = contentLength(response.substring(0, headEnd));
        int got = response.length() - headEnd - "\r\n\r\n".length();
        if (got != expected) {
            throw new EOFException("closed within the response's body: bytes=" + got + " (expected " + expected + ")");
        }
    }

    private static int contentLength(String head) throws IOException {
        String name = "content-length:";
        for (String line : head.lines().toList()) {
            if (line.regionMatches(true, 0, name, 0, name.length())) {
                return Integer.parseInt(line.substring(name.length()).strip());
            }
        }
        throw new IOException("response without content-length");
    }
}
