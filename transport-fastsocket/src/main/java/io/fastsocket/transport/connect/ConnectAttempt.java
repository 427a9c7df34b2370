package io.fastsocket.transport.connect;

import io.fastsocket.transport.connect.ConnectingLoops.ConnectingLoop;
import io.fastsocket.transport.kernel.Errno;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * One connect of one channel: a chosen port, else any of the usable ones, else the kernel's choice, each a bounded number of times.
 * Used by the channel's loop alone.
 */
final class ConnectAttempt {
    /** Ports that are tried with bind(2), of those that were chosen, and of any: each is a system call. */
    private static final int BINDS_MAX = 8;
    /** Ports that are passed over because a connection of this group to the same destination has them. */
    private static final int CHOSEN_PASSED_MAX = 64;

    /** A look-up each, some tenths of a millisecond in all. */
    private static final int ANY_PASSED_MAX = 4096;

    private final FlowDeliveryHandler handler;
    private final ChannelHandlerContext ctx;
    private final ConnectingLoop loop;
    private final @Nullable LoopPorts ports;
    private final InetSocketAddress remote;
    /** The local address that the user named, or null. */
    private final @Nullable SocketAddress ownAddress;

    private final ChannelPromise promise;
    /** The mode in force when it began: what counts a fallback and its attempts. */
    private FlowMode wished = FlowMode.ANY;

    private FlowMode flow = FlowMode.ANY;
    private int passed;
    private int binds;
    /** Whether an address that is not available means that ports have run out, and not the address or this one port. */
    private boolean portsAreShort = true;

    ConnectAttempt(
            FlowDeliveryHandler handler,
            ChannelHandlerContext ctx,
            ConnectingLoop loop,
            @Nullable LoopPorts ports,
            InetSocketAddress remote,
            @Nullable SocketAddress ownAddress,
            ChannelPromise promise) {
        this.handler = handler;
        this.ctx = ctx;
        this.loop = loop;
        this.ports = ports;
        this.remote = remote;
        this.ownAddress = ownAddress;
        this.promise = promise;
    }

    void start() {
        promise.addListener(done -> {
            if (done.cause() != null && !done.isCancelled()) {
                loop.counters(flow).increment(FlowEvent.FAILED);
            }
        });
        if (ports == null || ports.chooser() == null) {
            withAnyPort();
            return;
        }
        wished = ports.mode();
        flow = wished;
        tryNextPort(ports);
    }

    private void tryNextPort(LoopPorts ports) {
        if (!ctx.channel().isOpen()) {
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        if (promise.isDone()) {
            // Cancelled in between.
            return;
        }
        PortLease lease = nextLease(ports);
        if (lease == null) {
            withAnyPort();
            return;
        }
        loop.counters(wished).increment(FlowEvent.ATTEMPTS);
        binds++;
        // Alone, bind fails where anything at all uses the port; connect could say so only when it is too late.
        if (!setReuseAddress(lease.isShared())) {
            lease.release(false);
            return;
        }
        ChannelFuture bound = ctx.bind(new InetSocketAddress(ports.address().address(), lease.port()));
        bound.addListener(done -> {
            if (done.isSuccess()) {
                bound(ports, lease);
            } else {
                lease.release(false);
                refused(ports, done.cause());
            }
        });
    }

    private @Nullable PortLease nextLease(LoopPorts ports) {
        if (flow == wished) {
            PortLease chosen = nextChosen(ports);
            if (chosen != null) {
                return chosen;
            }
            loop.counters(wished).increment(FlowEvent.FALLBACK);
            flow = FlowMode.ANY;
            passed = 0;
            binds = 0;
        }
        int passedMax = Math.min(ANY_PASSED_MAX, ports.address().ports().count());
        while (binds < BINDS_MAX && passed++ < passedMax) {
            PortLease any = ports.address().leases().tryLease(ports.anyPort(), remote);
            if (any != null) {
                return any;
            }
        }
        return null;
    }

    private @Nullable PortLease nextChosen(LoopPorts ports) {
        PortChooser chooser = ports.chooser();
        while (chooser != null && binds < BINDS_MAX && passed < CHOSEN_PASSED_MAX) {
            int port = passed++ == 0 ? chooser.first(remote) : chooser.next(remote);
            if (port == PortChooser.NONE) {
                return null;
            }
            PortLease lease = ports.address().leases().tryLease(port, remote);
            if (lease != null) {
                return lease;
            }
        }
        return null;
    }

    private void refused(LoopPorts ports, Throwable cause) {
        if (Errno.of(cause) == Errno.EADDRINUSE) {
            tryNextPort(ports);
        } else {
            // The address itself is gone, or this process may not: the kernel's own choice tells.
            portsAreShort = false;
            withAnyPort();
        }
    }

    private void bound(LoopPorts ports, PortLease lease) {
        lease.bound();
        handler.holds(lease);
        portsAreShort = false;
        if (lease.isShared() || setReuseAddress(true)) {
            ctx.connect(remote, watched(ports));
        }
    }

    /** False where the channel was closed in between; the promise then knows. */
    private boolean setReuseAddress(boolean shared) {
        try {
            channel().config().setReuseAddress(shared);
            return true;
        } catch (ChannelException closed) {
            promise.tryFailure(closed);
            return false;
        }
    }

    /** Lets the kernel choose the port, when it connects. */
    private void withAnyPort() {
        flow = FlowMode.ANY;
        if (ports != null && ownAddress != null) {
            handler.chooseNoPortAtBind();
        }
        ctx.connect(remote, ownAddress, watched(ports));
    }

    /** Tells the user's promise, once it is known what came of it. */
    private ChannelPromise watched(@Nullable LoopPorts ports) {
        ChannelPromise connected = ctx.newPromise();
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                failed(done.cause(), ports);
            } else if (handler.isConnectedToItself()) {
                ctx.close();
                promise.tryFailure(new ConnectException("connect failed on " + remote
                        + ": it met itself (expected a listener there): nobody listens and the source port was the"
                        + " same; fix: start the server, and keep its port out of net.ipv4.ip_local_port_range"));
            } else {
                handler.connected(ctx, loop, ports, remote, flow);
                promise.trySuccess();
            }
        });
        return connected;
    }

    private void failed(Throwable cause, @Nullable LoopPorts ports) {
        int errno = Errno.of(cause);
        boolean unavailable = errno == Errno.EADDRNOTAVAIL || errno == Errno.EADDRINUSE;
        if (unavailable) {
            handler.portIsTaken();
        }
        promise.tryFailure(
                unavailable && portsAreShort && ports != null
                        ? new SourcePortsExhaustedException(
                                ports.address().address(),
                                remote,
                                ports.address().ports(),
                                cause)
                        : cause);
    }

    private SocketChannel channel() {
        Channel channel = ctx.channel();
        return (SocketChannel) channel;
    }
}
