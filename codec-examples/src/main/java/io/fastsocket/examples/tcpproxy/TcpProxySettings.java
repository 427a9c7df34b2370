package io.fastsocket.examples.tcpproxy;

import io.fastsocket.examples.connections.ConnectionLimits;
import io.fastsocket.examples.upstream.Upstream;
import java.time.Duration;
import java.util.List;

/**
 * What one {@link TcpProxy} does.
 *
 * @param upstreams where connections go, at least one, each once
 * @param connectTimeout how long one connect may take, 1 ms to an hour
 * @param connectTriesMax the most upstreams tried for one client, 1 to 100
 * @param idleTimeout a connection on which nothing moves in either direction for this long is reset on both sides; zero:
 *     never
 * @param connectionsPerLoopMax the most clients per event loop, further ones are reset; 0: no limit
 * @param connections how many clients there may be over all loops
 * @param headerIn whether each client begins with a PROXY header
 * @param headerTimeout how long a client may take to send it, 1 ms to an hour
 * @param headerOut whether each connection to an upstream begins with a PROXY header of version 2
 */
public record TcpProxySettings(
        List<Upstream> upstreams,
        Duration connectTimeout,
        int connectTriesMax,
        Duration idleTimeout,
        int connectionsPerLoopMax,
        ConnectionLimits connections,
        boolean headerIn,
        Duration headerTimeout,
        boolean headerOut) {

    private static final Duration HOUR = Duration.ofHours(1);

    /** @throws IllegalArgumentException if a value is out of its range */
    public TcpProxySettings {
        upstreams = List.copyOf(upstreams);
        require(!upstreams.isEmpty(), "upstreams", upstreams, "at least one");
        require(upstreams.stream().distinct().count() == upstreams.size(), "upstreams", upstreams, "each once");
        require(isUpToAnHour(connectTimeout), "connectTimeout", connectTimeout, "PT0.001S to PT1H");
        require(connectTriesMax >= 1 && connectTriesMax <= 100, "connectTriesMax", connectTriesMax, "1 to 100");
        require(!idleTimeout.isNegative(), "idleTimeout", idleTimeout, "PT0S or more");
        require(connectionsPerLoopMax >= 0, "connectionsPerLoopMax", connectionsPerLoopMax, "0 or more");
        require(isUpToAnHour(headerTimeout), "headerTimeout", headerTimeout, "PT0.001S to PT1H");
    }

    /** No limit over all loops. */
    public TcpProxySettings(
            List<Upstream> upstreams,
            Duration connectTimeout,
            int connectTriesMax,
            Duration idleTimeout,
            int connectionsPerLoopMax,
            boolean headerIn,
            Duration headerTimeout,
            boolean headerOut) {
        this(
                upstreams,
                connectTimeout,
                connectTriesMax,
                idleTimeout,
                connectionsPerLoopMax,
                ConnectionLimits.NONE,
                headerIn,
                headerTimeout,
                headerOut);
    }

    /** The same with limits over all loops. */
    public TcpProxySettings withConnections(ConnectionLimits newConnections) {
        return new TcpProxySettings(
                upstreams,
                connectTimeout,
                connectTriesMax,
                idleTimeout,
                connectionsPerLoopMax,
                newConnections,
                headerIn,
                headerTimeout,
                headerOut);
    }

    /** Connect within 3 s, three upstreams tried, idle for 5 minutes, no limit, no PROXY headers (in: within 5 s). */
    public static TcpProxySettings of(List<Upstream> upstreams) {
        return new TcpProxySettings(
                upstreams,
                Duration.ofSeconds(3),
                3,
                Duration.ofMinutes(5),
                0,
                ConnectionLimits.NONE,
                false,
                Duration.ofSeconds(5),
                false);
    }

    private static boolean isUpToAnHour(Duration duration) {
        return duration.toMillis() >= 1 && duration.compareTo(HOUR) <= 0;
    }

    private static void require(boolean holds, String name, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("cannot make a TCP proxy: " + name + "=" + value + " (expected "
                    + expected + "): it is out of range; fix: give a value in it");
        }
    }
}
