package io.fastsocket.perf.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.SocketFactory;

/** A connection whose bytes are the test's own. */
final class RawHttp implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)content-length: (\\d+)\r\n");

    private final Socket socket;

    RawHttp(InetSocketAddress server) throws IOException {
        this(server, SocketFactory.getDefault());
    }

    /** @param sockets of TLS, for example */
    RawHttp(InetSocketAddress server, SocketFactory sockets) throws IOException {
        socket = sockets.createSocket();
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

    /** {@link #send} in another thread, for more than both sides hold while nobody reads. */
    CompletableFuture<Void> sendAside(String text) {
        return CompletableFuture.runAsync(() -> {
            try {
                send(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The next response, with the body its content-length says. */
    String readResponse() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            String next = read(1);
            if (next.isEmpty()) {
                throw new IOException("the server closed after: " + head);
            }
            head.append(next);
        }
        Matcher length = CONTENT_LENGTH.matcher(head);
        return length.find() ? head + read(Integer.parseInt(length.group(1))) : head.toString();
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
