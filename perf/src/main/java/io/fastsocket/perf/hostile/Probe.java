package io.fastsocket.perf.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * What a well-behaved client asks while others are hostile.
 *
 * @param tls whether by TLS
 * @param greeting what is sent first, such as a PROXY header; empty: nothing
 * @param request whose answer is to have {@code expected} in it
 * @param triesMax more than one where an upstream is hostile: what it may spoil is the answer that it gives itself
 */
record Probe(boolean tls, String greeting, String request, String expected, int triesMax) {
    /** A client that waits for longer than this hangs. Machines that build beside it are slow, and ten JVMs share this one. */
    private static final int ANSWER_MILLIS_MAX = 30_000;

    private static final int ANSWER_BYTES_MAX = 4096;
    private static final SSLContext CONTEXT = TlsConduct.context();

    static Probe http(String path) {
        return new Probe(
                false, "", "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", " 200 ", 1);
    }

    Probe overTls() {
        return new Probe(true, greeting, request, expected, triesMax);
    }

    Probe behind(String header) {
        return new Probe(tls, header, request, expected, triesMax);
    }

    Probe tries(int max) {
        return new Probe(tls, greeting, request, expected, max);
    }

    /** Asks. Answers what was wrong, or an empty text. */
    String ask(InetSocketAddress server) {
        String fault = "";
        long beganNanos = System.nanoTime();
        for (int tries = 0; tries < triesMax && !isOverdue(beganNanos); tries++) {
            fault = askOnce(server);
            if (fault.isEmpty()) {
                break;
            }
        }
        return fault;
    }

    private static boolean isOverdue(long beganNanos) {
        return System.nanoTime() - beganNanos > TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS_MAX);
    }

    private String askOnce(InetSocketAddress server) {
        try (Socket raw = new Socket()) {
            raw.connect(server, ANSWER_MILLIS_MAX);
            raw.setSoTimeout(ANSWER_MILLIS_MAX);
            raw.getOutputStream().write(greeting.getBytes(ISO_8859_1));
            Socket socket =
                    tls ? CONTEXT.getSocketFactory().createSocket(raw, "localhost", server.getPort(), true) : raw;
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            String answer = "";
            byte[] buffer = new byte[ANSWER_BYTES_MAX];
            while (!answer.contains(expected) && answer.length() < ANSWER_BYTES_MAX) {
                int length = socket.getInputStream().read(buffer);
                if (length < 0) {
                    return "answered '" + answer.lines().findFirst().orElse("") + "' (expected '" + expected + "')";
                }
                answer += new String(buffer, 0, length, ISO_8859_1);
            }
            return answer.contains(expected) ? "" : "answered without '" + expected + "'";
        } catch (IOException e) {
            return e.toString();
        }
    }
}
