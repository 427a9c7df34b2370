package io.fastsocket.examples.connections;

import io.fastsocket.examples.upstream.ProxiedConnection;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Lets connections of one server in, up to its {@link ConnectionLimits}, and resets the others: before a byte of theirs was read, so a
 * client may try again elsewhere. Counts over all event loops; safe for use by any thread.
 *
 * <p>What has no limit is not counted, and costs nothing. A limit of all connections is one atomic step at the beginning and the end of
 * a connection, one of an address is an update of one entry of a map, which is there while it has connections.
 */
public final class ConnectionGate {
    /** Why connections were refused. */
    public enum Limit {
        /** The server had as many as it may have. */
        TOTAL,
        /** Their address had. */
        ADDRESS
    }

    private final ConnectionLimits limits;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentMap<ClientNetwork, Integer> openByNetwork = new ConcurrentHashMap<>();
    private final LongAdder refusedByTotal = new LongAdder();
    private final LongAdder refusedByAddress = new LongAdder();

    public ConnectionGate(ConnectionLimits limits) {
        this.limits = limits;
    }

    /**
     * Counts a connection until it closes, by its own address. Called on its event loop, before anything is read.
     *
     * @return whether it may stay; if not, it is reset
     */
    public boolean admit(Channel client) {
        return admitBehindProxy(client) && admitAddress(client, client.remoteAddress());
    }

    /**
     * The same for one that begins with a PROXY header: the address that this names counts, by {@link #addressOfHeader}. Only the
     * proxy's own checks come without one, and they are not limited.
     */
    public boolean admitBehindProxy(Channel client) {
        if (limits.connectionsMax() == 0) {
            return true;
        }
        if (open.incrementAndGet() > limits.connectionsMax()) {
            open.decrementAndGet();
            refusedByTotal.increment();
            Reset.close(client);
            return false;
        }
        client.closeFuture().addListener(closed -> open.decrementAndGet());
        return true;
    }

    private boolean admitAddress(Channel client, @Nullable SocketAddress address) {
        if (limits.perAddressMax() == 0 || !(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return true;
        }
        ClientNetwork network = ClientNetwork.of(inet.getAddress());
        if (openByNetwork.merge(network, 1, Integer::sum) > limits.perAddressMax()) {
            leave(network);
            refusedByAddress.increment();
            Reset.close(client);
            return false;
        }
        client.closeFuture().addListener(closed -> leave(network));
        return true;
    }

    private void leave(ClientNetwork network) {
        openByNetwork.computeIfPresent(network, (gone, count) -> count == 1 ? null : count - 1);
    }

    /**
     * Goes behind the handlers that read a PROXY header: counts the address it names, and resets the connection if it is one too many.
     *
     * @param refused runs on its event loop when it is reset
     */
    public ChannelHandler addressOfHeader(Runnable refused) {
        return new AddressOfHeader(refused);
    }

    private final class AddressOfHeader extends ChannelInboundHandlerAdapter {
        private final Runnable refused;

        AddressOfHeader(Runnable refused) {
            this.refused = refused;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ProxiedConnection header && !admitAddress(ctx.channel(), header.client())) {
                refused.run();
            } else {
                ctx.fireUserEventTriggered(event);
            }
        }
    }

    /** How many connections were refused so far, by that limit. */
    public long refused(Limit by) {
        return by == Limit.TOTAL ? refusedByTotal.sum() : refusedByAddress.sum();
    }

    /** How many entries there are now, one for each connection and one for each address; none when every connection has closed. */
    public int entries() {
        return open.get() + openByNetwork.size();
    }
}
