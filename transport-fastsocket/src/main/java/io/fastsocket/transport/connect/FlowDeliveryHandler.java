package io.fastsocket.transport.connect;

import io.fastsocket.transport.connect.ConnectingLoops.ConnectingLoop;
import io.fastsocket.transport.engine.CpuOwners;
import io.fastsocket.transport.engine.PinnedLoop;
import io.fastsocket.transport.kernel.SocketOptions;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * On every client channel of a group: chooses the source port when it connects, verifies where the first bytes arrive, and gives the
 * port back when it closes. One instance per channel, used by its loop alone.
 */
final class FlowDeliveryHandler extends ChannelDuplexHandler {
    static final String NAME = "fastsocket#flow";

    /**
     * How long the first connections from a local address wait for what is known of it, half of their time to connect at most; then
     * they take any port. It takes milliseconds, and seconds under emulation.
     */
    private static final int READ_MILLIS_MAX = 10_000;

    private final ConnectingLoops group;
    private final SocketChannel channel;
    private @Nullable PortLease lease;
    private boolean peerClosedFirst;
    private boolean weClosedFirst;
    private boolean selfConnected;

    FlowDeliveryHandler(ConnectingLoops group, SocketChannel channel) {
        this.group = group;
        this.channel = channel;
    }

    // ---- choose, bind, connect

    @Override
    public void connect(
            ChannelHandlerContext ctx,
            SocketAddress remoteAddress,
            @Nullable SocketAddress localAddress,
            ChannelPromise promise) {
        ConnectingLoop loop = group.callingLoop();
        if (loop == null || !(remoteAddress instanceof InetSocketAddress remote) || remote.isUnresolved()) {
            ctx.connect(remoteAddress, localAddress, promise);
            return;
        }
        promise.addListener(done -> {
            if (done.isCancelled()) {
                // As stock channels do.
                ctx.close();
            }
        });
        InetAddress local = localOf(loop, remote, localAddress);
        CompletableFuture<OutgoingAddress> address = local == null ? null : group.address(local);
        if (address == null) {
            new ConnectAttempt(this, ctx, loop, null, remote, localAddress, promise).start();
        } else if (address.isDone()) {
            connect(ctx, loop, address, remote, localAddress, promise);
        } else {
            // Once for a local address: what is known of its card has to be read first, within bounds.
            Runnable connect = once(() -> connect(ctx, loop, address, remote, localAddress, promise), promise);
            ctx.executor().schedule(connect, readMillisMax(), TimeUnit.MILLISECONDS);
            address.whenComplete((read, failed) -> later(ctx, promise, connect));
        }
    }

    private int readMillisMax() {
        int connectMillis = channel.config().getConnectTimeoutMillis();
        return connectMillis <= 0 ? READ_MILLIS_MAX : Math.min(READ_MILLIS_MAX, connectMillis / 2);
    }

    private static void later(ChannelHandlerContext ctx, ChannelPromise promise, Runnable connect) {
        try {
            ctx.executor().execute(connect);
        } catch (RejectedExecutionException loopEnded) {
            promise.tryFailure(loopEnded);
        }
    }

    /** Run by one loop. */
    private static Runnable once(Runnable connect, ChannelPromise promise) {
        boolean[] ran = new boolean[1];
        return () -> {
            if (!ran[0]) {
                ran[0] = true;
                try {
                    connect.run();
                } catch (RuntimeException | Error failed) {
                    promise.tryFailure(failed);
                }
            }
        };
    }

    private void connect(
            ChannelHandlerContext ctx,
            ConnectingLoop loop,
            CompletableFuture<OutgoingAddress> address,
            InetSocketAddress remote,
            @Nullable SocketAddress localAddress,
            ChannelPromise promise) {
        boolean known = address.isDone() && !address.isCompletedExceptionally();
        LoopPorts ports = known ? loop.ports(address.join()) : null;
        new ConnectAttempt(this, ctx, loop, ports, remote, localAddress, promise).start();
    }

    /** The address that ports are to be chosen for, or null when there is nothing to choose. */
    private @Nullable InetAddress localOf(
            ConnectingLoop loop, InetSocketAddress remote, @Nullable SocketAddress wished) {
        // A port of 0 cannot be connected to: the kernel has to say so.
        if (!group.chooses() || remote.getPort() == 0 || remote.getAddress().isLoopbackAddress()) {
            return null;
        }
        if (channel.localAddress() != null && channel.localAddress().getPort() != 0) {
            return null;
        }
        if (wished != null) {
            boolean anyPort = wished instanceof InetSocketAddress own && own.getPort() == 0 && !own.isUnresolved();
            if (!anyPort) {
                return null;
            }
            InetAddress own = ((InetSocketAddress) wished).getAddress();
            if (!own.isAnyLocalAddress()) {
                return own.getClass() == remote.getAddress().getClass() ? own : null;
            }
        }
        InetAddress local = loop.sources().towards(remote.getAddress());
        // To an address of this machine packets go by loopback, which delivers on the CPU that sends.
        return local == null || local.equals(remote.getAddress()) || local.isAnyLocalAddress() ? null : local;
    }

    /** Keeps bind(2) from taking a whole port, where only an address is wanted. */
    void chooseNoPortAtBind() {
        group.chooseNoPortAtBind(channel);
    }

    // ---- verify

    /** The connection stands; {@code flow} is how its port was chosen. */
    void connected(
            ChannelHandlerContext ctx,
            ConnectingLoop loop,
            @Nullable LoopPorts ports,
            InetSocketAddress remote,
            FlowMode flow) {
        loop.counters(flow).increment(FlowEvent.CHOSEN);
        ctx.pipeline().addAfter(NAME, null, new FirstBytes(loop, ports, remote, flow));
    }

    /** Waits for the first bytes, tells where they arrived, and goes. */
    private final class FirstBytes extends ChannelInboundHandlerAdapter {
        private final ConnectingLoop loop;
        private final @Nullable LoopPorts ports;
        private final InetSocketAddress remote;
        private final FlowMode flow;

        FirstBytes(ConnectingLoop loop, @Nullable LoopPorts ports, InetSocketAddress remote, FlowMode flow) {
            this.loop = loop;
            this.ports = ports;
            this.remote = remote;
            this.flow = flow;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            verify(group.incomingCpu(channel));
            ctx.fireChannelRead(msg);
            if (!ctx.isRemoved()) {
                ctx.pipeline().remove(this);
            }
        }

        private void verify(int cpu) {
            boolean unknown = cpu == SocketOptions.CPU_UNKNOWN || loop.loop().cpu() == PinnedLoop.UNPINNED;
            // The other loop's, where it has followed its packets.
            if (unknown || loop != group.callingLoop()) {
                return;
            }
            int owner = group.owners().loopOf(cpu);
            boolean hit = owner == loop.loop().index();
            loop.counters(flow).increment(hit ? FlowEvent.HIT : FlowEvent.MISSED);
            if (!hit && owner != CpuOwners.NO_LOOP) {
                group.crossed(owner, loop.loop().index());
            }
            InetSocketAddress local = channel.localAddress();
            if (ports != null && local != null) {
                ports.verified(flow, remote, local.getPort(), cpu);
            }
        }
    }

    // ---- give back

    /** The port belongs to this channel until it is closed. */
    void holds(PortLease lease) {
        this.lease = lease;
        channel.closeFuture().addListener(closed -> lease.release(weClosedFirst));
    }

    /** Somebody else has this port for this destination: it is left alone as long as TIME_WAIT may last. */
    void portIsTaken() {
        weClosedFirst = true;
    }

    /** Whether both ends are one socket: TCP connects to itself when the port that is chosen is the one that is wanted. */
    boolean isConnectedToItself() {
        InetSocketAddress local = channel.localAddress();
        selfConnected = local != null && local.equals(channel.remoteAddress());
        return selfConnected;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!selfConnected) {
            ctx.fireChannelActive();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !weClosedFirst) {
            peerClosedFirst = true;
        } else if (event instanceof ChannelOutputShutdownEvent) {
            closing();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        closing();
        ctx.close(promise);
    }

    /** Our end is about to send its FIN: if it is the first, the kernel keeps the connection in TIME_WAIT, but for a reset. */
    private void closing() {
        if (lease != null
                && !peerClosedFirst
                && channel.isActive()
                && channel.config().getSoLinger() != 0) {
            weClosedFirst = true;
        }
    }
}
