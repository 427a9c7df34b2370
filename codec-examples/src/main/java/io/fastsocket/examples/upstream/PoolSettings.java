package io.fastsocket.examples.upstream;

import java.time.Duration;

/**
 * How much one {@link UpstreamPool} holds, per upstream.
 *
 * @param connectionsMax the most connections, in use and idle together, 1 to 65536
 * @param pendingMax the most acquires that wait for a connection when all are in use, 1 to 1048576
 * @param acquireTimeout how long such an acquire waits, 1 ms to an hour
 * @param connectTimeout how long a connect may take, 1 ms to an hour
 * @param idleTimeout how long a connection is kept for its next use, up to a day; zero: it is not kept
 */
public record PoolSettings(
        int connectionsMax, int pendingMax, Duration acquireTimeout, Duration connectTimeout, Duration idleTimeout) {

    /** 256 connections, 1024 waiting for 1 s, connect within 3 s, idle for 30 s. */
    public static final PoolSettings DEFAULT =
            new PoolSettings(256, 1024, Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(30));

    /** @throws IllegalArgumentException if a value is out of its range */
    public PoolSettings {
        requireRange("connectionsMax", connectionsMax, 1 << 16);
        requireRange("pendingMax", pendingMax, 1 << 20);
        requireRange("acquireTimeout", acquireTimeout, Duration.ofHours(1));
        requireRange("connectTimeout", connectTimeout, Duration.ofHours(1));
        if (idleTimeout.isNegative() || idleTimeout.compareTo(Duration.ofDays(1)) > 0) {
            throw refused("idleTimeout", idleTimeout, "PT0S to " + Duration.ofDays(1));
        }
    }

    private static void requireRange(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw refused(name, value, "1 to " + max);
        }
    }

    private static void requireRange(String name, Duration value, Duration max) {
        if (value.toMillis() < 1 || value.compareTo(max) > 0) {
            throw refused(name, value, "PT0.001S to " + max);
        }
    }

    private static IllegalArgumentException refused(String name, Object value, String range) {
        return new IllegalArgumentException("cannot make a pool of connections: " + name + "=" + value + " (expected "
                + range + "): it is out of range; fix: give a value in it");
    }
}
