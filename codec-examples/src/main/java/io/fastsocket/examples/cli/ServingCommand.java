package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.examples.connections.ConnectionGate;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.examples.metrics.FaultMeters;
import io.fastsocket.examples.metrics.MetricsServer;
import io.fastsocket.examples.metrics.RefusedMeters;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that runs a server until it is told to stop: the options that every server has, and its life. */
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
abstract class ServingCommand implements Callable<Integer> {
    private final StopSignal stop;

    @Spec
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Mixin
    private ListenOptions listenOptions;

    @Mixin
    private LimitOptions limitOptions;

    @Mixin
    private DrainOptions drainOptions;

    @Mixin
    private GroupOptions groupOptions;

    @Mixin
    private MetricsOptions metricsOptions;

    ServingCommand(StopSignal stop) {
        this.stop = stop;
    }

    /** Starts to listen. */
    interface Bind {
        Running bind(ServerBootstrap bootstrap, InetSocketAddress address) throws IOException;
    }

    /** A server that listens. */
    record Running(SocketAddress address, ConnectionGate gate, PeerFaults faults, DrainOptions.Server server) {}

    final CommandSpec spec() {
        return spec;
    }

    final ListenOptions listenOptions() {
        return listenOptions;
    }

    final LimitOptions limitOptions() {
        return limitOptions;
    }

    /** Listens, says so, waits for the signal, stops in order. Answers the exit code. */
    final int serve(String threadName, Bind bind) throws InterruptedException {
        InetSocketAddress address = listenOptions.address();
        int backlog = listenOptions.backlog();
        drainOptions.prepare();
        BindFailure.requireFree(address);
        FastSocketEventLoopGroup group = groupOptions.open(threadName);
        Optional<MetricsServer> metrics = Optional.empty();
        try {
            metrics = metricsOptions.open(group);
            ServerBootstrap bootstrap = new ServerBootstrap()
                    .group(group)
                    .channel(FastSocketServerSocketChannel.class)
                    .option(ChannelOption.SO_BACKLOG, backlog);
            Running server = bind(bind, bootstrap, address);
            announce(group, server);
            metrics.ifPresent(shown -> {
                new FaultMeters(server.faults(), Side.CLIENT).bindTo(shown.registry());
                new RefusedMeters(server.gate()).bindTo(shown.registry());
            });
            drainOptions.serve(stop, metrics, server.server());
            return 0;
        } finally {
            metrics.ifPresent(MetricsServer::close);
            GroupOptions.close(group);
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
            PrintWriter out = spec.commandLine().getOut();
            out.println(listenOptions.json() ? PlanReport.json(group, listening) : PlanReport.text(group));
        }
        int loops = group.plan().rows().size();
        spec.commandLine()
                .getErr()
                .println("listening on " + listening + " (engine " + GroupOptions.name(group.engine()) + ", " + loops
                        + (loops == 1 ? " loop" : " loops") + ", steering "
                        + GroupOptions.steeringOf(group.capabilities()) + ")");
    }
}
