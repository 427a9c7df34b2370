package io.fastsocket.perf.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A connection whose bytes are the test's own. */
final class RawHttp implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket = new Socket();

    RawHttp(InetSocketAddress server) throws IOException {
        socket.connect(server, TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
    }

    RawHttp send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        return this;
    }

    RawHttp shutdownOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** So many characters, or fewer if the server closes. */
    String read(int characters) throws IOException {
        return new String(socket.getInputStream().readNBytes(characters), US_ASCII);
    }

    /** All that comes until the server closes. */
    String readToEnd() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
