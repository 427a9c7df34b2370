package io.fastsocket.examples.http;

import static java.util.Objects.requireNonNull;

import io.fastsocket.examples.connections.ConnectionLimits;
import io.fastsocket.examples.tls.ServerTls;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one {@link HttpServer} answers and how much it takes.
 *
 * @param text what {@code GET /} answers, ASCII, 1 to 65,536 characters
 * @param bodyBytesMax the largest request body in bytes, 0 to 2<sup>30</sup>; a larger one is answered 413
 * @param lineBytesMax the longest request line in bytes, at least 64; a longer one is answered 414
 * @param headerBytesMax the most bytes in all header fields of a request, at least 64; more are answered 431
 * @param idleTimeout a connection that sends nothing and takes nothing for this long is closed, or at most
 *     twice this long where a response is stuck on the way; zero: never
 * @param headerTimeout how long a request's head may take from its first byte to its end, 1 ms to an hour; a later one is answered 408
 * @param connections how many there may be at a time
 * @param tls what clients speak TLS with; null: they do not
 * @param files what {@code GET /files/NAME} answers; null: nothing
 */
public record HttpServerSettings(
        String text,
        int bodyBytesMax,
        int lineBytesMax,
        int headerBytesMax,
        Duration idleTimeout,
        Duration headerTimeout,
        ConnectionLimits connections,
        @Nullable ServerTls tls,
        @Nullable ServedFiles files) {

    /**
     * 13 bytes of text, bodies up to 1 MiB, 8 KiB each for line and header fields, idle for 60 s at most, a head within 10 s, any number
     * of connections, no TLS, no files.
     */
    public static final HttpServerSettings DEFAULT = new HttpServerSettings(
            "Hello, World!",
            1 << 20,
            8192,
            8192,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            ConnectionLimits.NONE,
            null,
            null);

    /** @throws IllegalArgumentException if a value is out of its range */
    public HttpServerSettings {
        requireNonNull(text, "text");
        requireNonNull(idleTimeout, "idleTimeout");
        requireRange("text.length", text.length(), 1, 1 << 16);
        requireRange("bodyBytesMax", bodyBytesMax, 0, 1 << 30);
        requireRange("lineBytesMax", lineBytesMax, 64, 1 << 20);
        requireRange("headerBytesMax", headerBytesMax, 64, 1 << 20);
        if (!text.chars().allMatch(c -> c < 128)) {
            throw new IllegalArgumentException("text: not ASCII (expected: characters 0 to 127)");
        }
        requireNonNull(connections, "connections");
        if (headerTimeout.toMillis() < 1 || headerTimeout.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("headerTimeout: " + headerTimeout + " (expected: PT0.001S to PT1H)");
        }
        if (idleTimeout.isNegative()) {
            throw new IllegalArgumentException("idleTimeout: " + idleTimeout + " (expected: >= 0)");
        }
    }

    /** The same with another limit for bodies. */
    public HttpServerSettings withBodyBytesMax(int newBodyBytesMax) {
        return new HttpServerSettings(
                text,
                newBodyBytesMax,
                lineBytesMax,
                headerBytesMax,
                idleTimeout,
                headerTimeout,
                connections,
                tls,
                files);
    }

    /** The same with another idle timeout. */
    public HttpServerSettings withIdleTimeout(Duration newIdleTimeout) {
        return new HttpServerSettings(
                text,
                bodyBytesMax,
                lineBytesMax,
                headerBytesMax,
                newIdleTimeout,
                headerTimeout,
                connections,
                tls,
                files);
    }

    /** The same with another time for a head. */
    public HttpServerSettings withHeaderTimeout(Duration newHeaderTimeout) {
        return new HttpServerSettings(
                text,
                bodyBytesMax,
                lineBytesMax,
                headerBytesMax,
                idleTimeout,
                newHeaderTimeout,
                connections,
                tls,
                files);
    }

    /** The same with other limits of connections. */
    public HttpServerSettings withConnections(ConnectionLimits newConnections) {
        return new HttpServerSettings(
                text,
                bodyBytesMax,
                lineBytesMax,
                headerBytesMax,
                idleTimeout,
                headerTimeout,
                newConnections,
                tls,
                files);
    }

    /** The same with or without TLS. */
    public HttpServerSettings withTls(@Nullable ServerTls newTls) {
        return new HttpServerSettings(
                text,
                bodyBytesMax,
                lineBytesMax,
                headerBytesMax,
                idleTimeout,
                headerTimeout,
                connections,
                newTls,
                files);
    }

    /** The same with or without files. */
    public HttpServerSettings withFiles(@Nullable ServedFiles newFiles) {
        return new HttpServerSettings(
                text,
                bodyBytesMax,
                lineBytesMax,
                headerBytesMax,
                idleTimeout,
                headerTimeout,
                connections,
                tls,
                newFiles);
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + " to " + max + ")");
        }
    }
}
