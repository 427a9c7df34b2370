package io.fastsocket.examples.proxy;

import static java.util.Objects.requireNonNull;

import io.fastsocket.examples.connections.ConnectionLimits;
import io.fastsocket.examples.upstream.EjectionSettings;
import io.fastsocket.examples.upstream.PoolSettings;
import io.fastsocket.examples.upstream.Upstream;
import java.time.Duration;
import java.util.List;

/**
 * Where an {@link HttpProxy} sends requests, what it takes, and how long it waits.
 *
 * @param upstreams one or more, each once
 * @param hostHeader which Host field an upstream gets
 * @param forwarded what becomes of {@code Forwarded} and {@code X-Forwarded-*}
 * @param via the name this proxy adds to {@code Via}; empty: none is added
 * @param limits how much a client may ask of the proxy
 * @param timeouts how long to wait for what
 * @param pool how many connections each loop has to each upstream; its time to connect counts
 * @param ejection when a loop leaves an upstream out that fails or answers with errors
 * @param onClientClose what becomes of a request whose client ends its side before the answer
 * @param proxyProtocolIn each client connection begins with a header of the PROXY protocol
 * @param proxyProtocolOut each upstream connection begins with one, version 2, and serves one request
 */
public record ProxySettings(
        List<Upstream> upstreams,
        HostHeader hostHeader,
        ForwardedMode forwarded,
        String via,
        Limits limits,
        Timeouts timeouts,
        PoolSettings pool,
        EjectionSettings ejection,
        OnClientClose onClientClose,
        boolean proxyProtocolIn,
        boolean proxyProtocolOut) {

    /** @throws IllegalArgumentException if a value is out of its range */
    public ProxySettings {
        upstreams = List.copyOf(upstreams);
        requireNonNull(hostHeader, "hostHeader");
        requireNonNull(forwarded, "forwarded");
        requireNonNull(limits, "limits");
        requireNonNull(timeouts, "timeouts");
        requireNonNull(pool, "pool");
        requireNonNull(ejection, "ejection");
        requireNonNull(onClientClose, "onClientClose");
        if (upstreams.isEmpty()) {
            throw new IllegalArgumentException("upstreams: none (expected: one or more)");
        }
        if (upstreams.stream().distinct().count() < upstreams.size()) {
            throw new IllegalArgumentException("upstreams: " + upstreams + " (expected: each once)");
        }
        if (!via.matches("[A-Za-z0-9._:-]*")) {
            throw new IllegalArgumentException("via: \"" + via + "\" (expected: a host name or a pseudonym)");
        }
    }

    /** Whether a connection to an upstream serves one request after another, and not one alone. */
    boolean keepsUpstreamConnections() {
        return !proxyProtocolOut && !pool.idleTimeout().isZero();
    }

    /** How many connections to upstreams the pools of so many loops may keep for later. */
    public long keptConnectionsMax(int loops) {
        return keepsUpstreamConnections() ? (long) pool.connectionsMax() * upstreams.size() * loops : 0;
    }

    /** Every default, for these upstreams. */
    public static ProxySettings to(List<Upstream> upstreams) {
        return new ProxySettings(
                upstreams,
                HostHeader.CLIENT,
                ForwardedMode.APPEND,
                "",
                Limits.DEFAULT,
                Timeouts.DEFAULT,
                PoolSettings.DEFAULT,
                EjectionSettings.DEFAULT,
                OnClientClose.FINISH,
                false,
                false);
    }

    /** The same with other timeouts. */
    public ProxySettings with(Timeouts newTimeouts) {
        return copy(limits, newTimeouts, pool, ejection, onClientClose);
    }

    /** The same with other limits. */
    public ProxySettings with(Limits newLimits) {
        return copy(newLimits, timeouts, pool, ejection, onClientClose);
    }

    /** The same with other limits of connections. */
    public ProxySettings with(ConnectionLimits newConnections) {
        return with(new Limits(limits.lineBytesMax, limits.headerBytesMax, limits.headerTimeout, newConnections));
    }

    /** The same with other bounds of the pools. */
    public ProxySettings with(PoolSettings newPool) {
        return copy(limits, timeouts, newPool, ejection, onClientClose);
    }

    /** The same with other bounds for what upstreams may do. */
    public ProxySettings with(EjectionSettings newEjection) {
        return copy(limits, timeouts, pool, newEjection, onClientClose);
    }

    /** The same for clients that are taken for gone sooner or later. */
    public ProxySettings with(OnClientClose newOnClientClose) {
        return copy(limits, timeouts, pool, ejection, newOnClientClose);
    }

    private ProxySettings copy(
            Limits newLimits,
            Timeouts newTimeouts,
            PoolSettings newPool,
            EjectionSettings newEjection,
            OnClientClose newOnClientClose) {
        return new ProxySettings(
                upstreams,
                hostHeader,
                forwarded,
                via,
                newLimits,
                newTimeouts,
                newPool,
                newEjection,
                newOnClientClose,
                proxyProtocolIn,
                proxyProtocolOut);
    }

    /** The same with another way to name the host and the client to upstreams. */
    public ProxySettings with(HostHeader newHostHeader, ForwardedMode newForwarded, String newVia) {
        return new ProxySettings(
                upstreams,
                newHostHeader,
                newForwarded,
                newVia,
                limits,
                timeouts,
                pool,
                ejection,
                onClientClose,
                proxyProtocolIn,
                proxyProtocolOut);
    }

    /** The same with or without the PROXY protocol on each side. */
    public ProxySettings withProxyProtocol(boolean in, boolean out) {
        return new ProxySettings(
                upstreams, hostHeader, forwarded, via, limits, timeouts, pool, ejection, onClientClose, in, out);
    }

    /**
     * How much a client may ask of the proxy.
     *
     * @param lineBytesMax the longest request line in bytes, 64 to 1,048,576; a longer one is answered 414
     * @param headerBytesMax the most bytes in all header fields, 64 to 1,048,576; more are answered 431. Of a response,
     *     more are a fault of the upstream
     * @param headerTimeout how long a head may take from its first byte to its end, 1 ms to an hour; a later one is answered 408. The
     *     same for a header of the PROXY protocol
     * @param connections how many connections of clients there may be at a time
     */
    public record Limits(int lineBytesMax, int headerBytesMax, Duration headerTimeout, ConnectionLimits connections) {
        /** 8 KiB for the line and 32 KiB for the fields, a head within 10 s, any number of connections. */
        public static final Limits DEFAULT = new Limits(8 << 10, 32 << 10);

        /** The default time for a head, and any number of connections. */
        public Limits(int lineBytesMax, int headerBytesMax) {
            this(lineBytesMax, headerBytesMax, Duration.ofSeconds(10), ConnectionLimits.NONE);
        }

        /** @throws IllegalArgumentException if a value is out of its range */
        public Limits {
            requireRange("lineBytesMax", lineBytesMax);
            requireRange("headerBytesMax", headerBytesMax);
            requireNonNull(connections, "connections");
            if (headerTimeout.toMillis() < 1 || headerTimeout.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("headerTimeout: " + headerTimeout + " (expected: PT0.001S to PT1H)");
            }
        }

        private static void requireRange(String name, int value) {
            if (value < 64 || value > 1 << 20) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: 64 to 1048576)");
            }
        }
    }

    /**
     * How long to wait for what; each more than zero and at most a day.
     *
     * @param response for an upstream to take or give anything, once it has the request; 504 after that
     * @param idle for a client to send its next request, whole, or to take or give anything while one is served
     * @param tunnel for either side to send anything after 101
     */
    public record Timeouts(Duration response, Duration idle, Duration tunnel) {
        /** 60 s, 60 s and one hour. */
        public static final Timeouts DEFAULT =
                new Timeouts(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofHours(1));

        /** @throws IllegalArgumentException if a value is out of its range */
        public Timeouts {
            requireRange("response", response);
            requireRange("idle", idle);
            requireRange("tunnel", tunnel);
        }

        private static void requireRange(String name, Duration value) {
            if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0, at most 24 h)");
            }
        }
    }
}
