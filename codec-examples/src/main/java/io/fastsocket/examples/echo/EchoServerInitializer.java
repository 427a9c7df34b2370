package io.fastsocket.examples.echo;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.fastsocket.examples.fault.FaultHandler;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;

/** Makes an accepted connection send back what it receives. One instance serves every connection of a server. */
public final class EchoServerInitializer extends ChannelInitializer<SocketChannel> {
    private final Duration idleTimeout;
    private final PeerFaults faults = new PeerFaults();

    /** @param idleTimeout a connection on which nothing moves for this long is closed; zero: never */
    public EchoServerInitializer(Duration idleTimeout) {
        this.idleTimeout = idleTimeout;
    }

    /** Connections that were closed by the fault of their clients. May be called by any thread. */
    public PeerFaults faults() {
        return faults;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
        // The client's end of sending is not the end of the connection: it is still owed what it sent.
        channel.config().setAllowHalfClosure(true);
        if (!idleTimeout.isZero()) {
            channel.pipeline().addLast(new IdleStateHandler(true, 0, 0, idleTimeout.toNanos(), NANOSECONDS));
        }
        channel.pipeline().addLast(new EchoHandler());
        FaultHandler.addTo(channel.pipeline(), faults, Side.CLIENT);
    }
}
