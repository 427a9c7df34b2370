package io.fastsocket.examples.cli;

import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Runs one server from its options until it is told to stop. */
final class ServerRun {
    /** How long a request that is being answered may take once the server stops. */
    private static final Duration STOP_BOUND = Duration.ofSeconds(5);

    private static final long SHUTDOWN_SECONDS = 2;

    /** Starts to listen. */
    interface Bind {
        Running bind(ServerBootstrap bootstrap, InetSocketAddress address) throws IOException;
    }

    /** A server that listens. */
    interface Running {
        SocketAddress address();

        /** Answers whether every connection ended within the bound. */
        boolean stop(Duration bound) throws InterruptedException;
    }

    private final GroupOptions groupOptions;
    private final ListenOptions listenOptions;
    private final PrintWriter out;
    private final PrintWriter err;

    ServerRun(GroupOptions groupOptions, ListenOptions listenOptions, PrintWriter out, PrintWriter err) {
        this.groupOptions = groupOptions;
        this.listenOptions = listenOptions;
        this.out = out;
        this.err = err;
    }

    /** Listens, says so, waits for the signal, stops in order. */
    int run(String threadName, Bind bind, StopSignal stop) throws InterruptedException {
        InetSocketAddress address = listenOptions.address();
        int backlog = listenOptions.backlog();
        BindFailure.requireFree(address);
        FastSocketEventLoopGroup group = groupOptions.open(threadName);
        try {
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(group)
                    .channel(FastSocketServerSocketChannel.class)
                    .option(ChannelOption.SO_BACKLOG, backlog);
            Running server = bind(bind, bootstrap, address);
            announce(group, server);
            stop.await();
            server.stop(STOP_BOUND);
            return 0;
        } finally {
            group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
                    .await(2 * SHUTDOWN_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static Running bind(Bind bind, ServerBootstrap bootstrap, InetSocketAddress address) {
        try {
            return bind.bind(bootstrap, address);
        } catch (IOException e) {
            throw BindFailure.explain(address, e);
        }
    }

    private void announce(FastSocketEventLoopGroup group, Running server) {
        String listening = HostAddress.format((InetSocketAddress) server.address());
        if (listenOptions.printPlan()) {
            out.println(listenOptions.json() ? PlanReport.json(group, listening) : PlanReport.text(group));
        }
        int loops = group.plan().rows().size();
        err.println("listening on " + listening + " (engine " + GroupOptions.name(group.engine()) + ", " + loops
                + (loops == 1 ? " loop" : " loops") + ", steering " + groupOptions.steeringName() + ")");
    }
}
