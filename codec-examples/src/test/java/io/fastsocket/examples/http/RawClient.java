package io.fastsocket.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Speaks HTTP byte by byte, so that tests decide what is sent when. Every read has a deadline. */
public final class RawClient implements AutoCloseable {
    private static final int READ_TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    public RawClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** Over a connection that is there already. */
    public RawClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** A response; field names in lower case. */
    public record Response(int status, Map<String, String> fields, String text) {
        public String field(String name) {
            return fields.getOrDefault(name, "");
        }
    }

    public RawClient send(String ascii) throws IOException {
        return send(ascii.getBytes(US_ASCII));
    }

    public RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    public void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** The next response with the body its content-length says. */
    public Response response() throws IOException {
        return response(true);
    }

    /** The next response to HEAD: it has a content-length and no body. */
    public Response headResponse() throws IOException {
        return response(false);
    }

    /** Whether the server has closed the connection, nothing more to be read. */
    public boolean atEnd() throws IOException {
        return in.read() < 0;
    }

    /** Whether nothing comes for a moment, on a connection that nothing was asked on. */
    public boolean isSilentFor(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            return in.read() == Integer.MIN_VALUE;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
        }
    }

    /** All that comes until the server closes. */
    public byte[] readToEnd() throws IOException {
        return in.readAllBytes();
    }

    /** As many bytes as asked for, to a place in an array. */
    public void read(byte[] into, int offset, int bytes) throws IOException {
        if (in.readNBytes(into, offset, bytes) < bytes) {
            throw new IOException("the connection ends before " + (offset + bytes) + " bytes have come");
        }
    }

    private Response response(boolean body) throws IOException {
        String statusLine = line();
        Map<String, String> fields = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(fields.getOrDefault("content-length", "0"));
        byte[] bytes = in.readNBytes(body ? length : 0);
        if (body && bytes.length < length) {
            throw new IOException("the body ends after " + bytes.length + " of " + length + " bytes");
        }
        return new Response(Integer.parseInt(statusLine.split(" ", -1)[1]), fields, new String(bytes, US_ASCII));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the connection ends within a response, after '" + line + "'");
            }
            line.write(b);
        }
        return line.toString(US_ASCII).strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
