package io.fastsocket.transport.connect;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.SocketAddress;

/** Every local port is in use for one destination. Other destinations are not touched by it; it ends as connections do. */
public final class SourcePortsExhaustedException extends ConnectException {
    private static final long serialVersionUID = 1L;

    SourcePortsExhaustedException(InetAddress local, SocketAddress remote, LocalPorts ports, Throwable cause) {
        super("connect failed on " + remote + ": no local port of " + local.getHostAddress() + " is free for it ("
                + ports
                + "); fix: widen net.ipv4.ip_local_port_range, set net.ipv4.tcp_tw_reuse=1, keep connections open in a"
                + " pool, or use more local or remote addresses");
        initCause(cause);
    }
}
