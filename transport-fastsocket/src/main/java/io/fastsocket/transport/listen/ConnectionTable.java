package io.fastsocket.transport.listen;

import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The accepted connections that one loop owns: Fastsocket's local established table. Only that loop adds and removes, so
 * its writes never wait for another loop; any thread may read.
 */
public final class ConnectionTable {
    /** A connection's two ends; unique but for IPv6 link-local addresses on two interfaces, whose scope does not count. */
    private record Ends(SocketAddress local, SocketAddress remote) {}

    private final ConcurrentHashMap<Ends, Channel> open = new ConcurrentHashMap<>();

    /** An empty table. */
    public ConnectionTable() {}

    /** Adds a connection until it closes; nothing where it has closed already. Called on its loop. */
    public void add(Channel connection) {
        Ends ends = new Ends(connection.localAddress(), connection.remoteAddress());
        if (!connection.isActive() || ends.remote() == null || ends.local() == null) {
            // Gone before it was registered.
            return;
        }
        open.put(ends, connection);
        // A later connection of the same ends may stand there by then.
        connection.closeFuture().addListener(closed -> open.remove(ends, connection));
    }

    /** How many are open. */
    public int size() {
        return open.size();
    }

    List<Channel> snapshot() {
        return List.copyOf(open.values());
    }

    /** The open connection between two ends. */
    public Optional<Channel> find(SocketAddress local, SocketAddress remote) {
        return Optional.ofNullable(open.get(new Ends(local, remote)));
    }
}
