package io.fastsocket.transport.listen;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
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
    private static class Ends {
        private final SocketAddress local;
        private final SocketAddress remote;

        Ends(SocketAddress local, SocketAddress remote) {
            this.local = local;
            this.remote = remote;
        }

        @Override
        public final boolean equals(Object other) {
            return other instanceof Ends that && local.equals(that.local) && remote.equals(that.remote);
        }

        @Override
        public final int hashCode() {
            return 31 * local.hashCode() + remote.hashCode();
        }
    }

    /** The key of an open connection, and what takes it out when it closes: one object for both. */
    private final class OpenEnds extends Ends implements ChannelFutureListener {
        OpenEnds(SocketAddress local, SocketAddress remote) {
            super(local, remote);
        }

        @Override
        public void operationComplete(ChannelFuture closed) {
            // A later connection of the same ends may stand there by then.
            open.remove(this, closed.channel());
        }
    }

    private final ConcurrentHashMap<Ends, Channel> open = new ConcurrentHashMap<>();

    /** An empty table. */
    public ConnectionTable() {}

    /** Adds a connection until it closes; nothing where it has closed already. Called on its loop. */
    public void add(Channel connection) {
        SocketAddress local = connection.localAddress();
        SocketAddress remote = connection.remoteAddress();
        if (!connection.isActive() || remote == null || local == null) {
            // Gone before it was registered.
            return;
        }
        OpenEnds ends = new OpenEnds(local, remote);
        open.put(ends, connection);
        connection.closeFuture().addListener(ends);
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
