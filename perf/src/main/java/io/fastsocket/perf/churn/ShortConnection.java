package io.fastsocket.perf.churn;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One connection after the other: connect, ask, read to the end, close. The request says {@code Connection: close}, so that
 * the server closes first and TIME_WAIT stays on its side: the client's port is free again at once, and a new connection
 * from it takes the place of the old one (tcp(7), {@code tcp_timewait_state_process} in net/ipv4/tcp_minisocks.c). One
 * thread at a time; an interrupt closes the connection and fails it.
 */
final class ShortConnection {
    private final InetSocketAddress server;
    private final ByteBuffer request;
    private final ByteBuffer response = ByteBuffer.allocateDirect(4096);

    ShortConnection(InetSocketAddress server) {
        this.server = server;
        byte[] text = ("GET / HTTP/1.1\r\nHost: " + server.getHostString() + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        this.request = ByteBuffer.allocateDirect(text.length).put(text).flip();
    }

    /**
     * Makes one connection.
     *
     * @throws IOException if any step fails, or the response is not a whole one with status 200
     */
    void run() throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
            channel.connect(server);
            request.rewind();
            while (request.hasRemaining()) {
                channel.write(request);
            }
            response.clear();
            while (channel.read(response) >= 0) {
                if (!response.hasRemaining()) {
                    throw new IOException("response too long: bytes>=" + response.capacity());
                }
            }
        }
        response.flip();
        requireWhole(StandardCharsets.ISO_8859_1.decode(response).toString());
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
