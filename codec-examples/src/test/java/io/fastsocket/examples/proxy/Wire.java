package io.fastsocket.examples.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** One end of a connection, byte by byte, as a client or as an upstream. Every read has a deadline. */
final class Wire implements AutoCloseable {
    static final int READ_TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    static Wire to(int port) throws IOException {
        return new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** A client whose socket holds little of what it does not read. */
    static Wire withSmallBufferTo(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_TIMEOUT_MILLIS);
        return new Wire(socket);
    }

    /** A start line and its fields, names in lower case. */
    record Head(String startLine, List<String> fields) {
        int status() {
            return Integer.parseInt(startLine.split(" ", -1)[1]);
        }

        /** The value of the field, of the only one; empty where there is none. */
        String field(String name) {
            List<String> all = all(name);
            if (all.size() > 1) {
                throw new AssertionError(name + " is there " + all.size() + " times: " + all);
            }
            return all.isEmpty() ? "" : all.get(0);
        }

        List<String> all(String name) {
            return fields.stream()
                    .filter(field -> field.startsWith(name + ": "))
                    .map(field -> field.substring(name.length() + 2))
                    .toList();
        }

        boolean has(String name) {
            return !all(name).isEmpty();
        }
    }

    int localPort() {
        return socket.getLocalPort();
    }

    Wire send(String latin1) throws IOException {
        return send(latin1.getBytes(ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Whether the socket holds something, beyond what this has taken from it. */
    boolean hasUnread() throws IOException {
        return socket.getInputStream().available() > 0;
    }

    /** Sends on another thread: more than the sockets hold. */
    CompletableFuture<Void> sendAside(byte[] bytes) {
        return CompletableFuture.runAsync(() -> {
            try {
                send(bytes);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    /** Reads and throws away, on another thread, until the other side ends or nothing comes any more. */
    void readAside() {
        CompletableFuture.runAsync(() -> {
            try {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException ended) {
                // By a reset, or by the close of this end.
            }
        });
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes with a reset in place of an end. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    Head head() throws IOException {
        String startLine = line();
        List<String> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.add(line.substring(0, colon).toLowerCase(Locale.ROOT) + ": "
                    + line.substring(colon + 1).strip());
        }
        return new Head(startLine, fields);
    }

    /** A head and the body that its fields announce, as text. */
    String response(int status) throws IOException {
        Head head = head();
        String body = head.field("transfer-encoding").equals("chunked")
                ? new String(chunked(), ISO_8859_1)
                : text(Integer.parseInt(head.field("content-length")));
        if (head.status() != status) {
            throw new AssertionError(head + " " + body);
        }
        return body;
    }

    String text(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new IOException("the connection ends after " + read.length + " of " + bytes + " bytes");
        }
        return new String(read, ISO_8859_1);
    }

    byte[] chunked() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(), 16);
            if (size == 0) {
                for (String trailer = line(); !trailer.isEmpty(); trailer = line()) {
                    trailers.add(trailer);
                }
                return body.toByteArray();
            }
            byte[] chunk = in.readNBytes(size);
            if (chunk.length < size) {
                throw new IOException("the connection ends within a chunk");
            }
            body.write(chunk);
            line();
        }
    }

    private final List<String> trailers = new ArrayList<>();

    /** Of the chunked bodies so far. */
    List<String> trailers() {
        return trailers;
    }

    byte[] untilEnd() throws IOException {
        return in.readAllBytes();
    }

    /** The digest of so many bytes, which are not kept. */
    String digest(long bytes) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 16];
        for (long left = bytes; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new IOException("the connection ends " + left + " bytes early");
            }
            digest.update(buffer, 0, read);
            left -= read;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String digest(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether the other side has ended the connection, nothing more to be read: in order, or by a reset. */
    boolean atEnd() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException e) {
            return true;
        }
    }

    /** The same after a few bytes more. */
    boolean atEndAfterAtMost(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            if (atEnd()) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing comes for a moment. */
    boolean isSilentFor(int millis) throws IOException {
        socket.setSoTimeout(millis);
        in.mark(1);
        try {
            int read = in.read();
            in.reset();
            return read == Integer.MIN_VALUE;
        } catch (java.net.SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the connection ends after '" + line + "'");
            }
            line.write(b);
        }
        return line.toString(ISO_8859_1).strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
