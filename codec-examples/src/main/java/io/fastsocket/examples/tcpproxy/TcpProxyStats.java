package io.fastsocket.examples.tcpproxy;

/**
 * What a {@link TcpProxy} has done so far.
 *
 * @param clients connections accepted
 * @param active of these, open now
 * @param connected connections to upstreams, open now
 * @param refused clients reset because there were as many as there may be
 * @param connectFailures connects to upstreams that failed
 * @param unserved clients reset because no upstream could be connected to
 */
public record TcpProxyStats(
        long clients, long active, long connected, long refused, long connectFailures, long unserved) {
    TcpProxyStats plus(TcpProxyStats other) {
        return new TcpProxyStats(
                clients + other.clients,
                active + other.active,
                connected + other.connected,
                refused + other.refused,
                connectFailures + other.connectFailures,
                unserved + other.unserved);
    }
}
