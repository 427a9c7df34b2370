package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.examples.metrics.FaultMeters;
import io.fastsocket.examples.metrics.MetricsServer;
import io.fastsocket.examples.metrics.RefusedMeters;
import io.fastsocket.examples.tcpproxy.TcpProxy;
import io.fastsocket.examples.tcpproxy.TcpProxySettings;
import io.fastsocket.examples.upstream.OffLoopResolver;
import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fastsocket tcpproxy}. */
@Command(
        name = "tcpproxy",
        preprocessor = OptionsFile.Reader.class,
        description = {
            "Runs a TCP proxy until SIGTERM or SIGINT.",
            "Each client is joined to a new connection to one of the upstreams, both on one loop: of two upstreams drawn"
                    + " at random, the one the loop has fewer connections to; another one if it cannot be connected to."
        },
        footer = {
            "",
            "Exit codes: 0 stopped, 1 cannot serve, 2 wrong usage.",
            "",
            "Examples:",
            "  fastsocket tcpproxy --listen 0.0.0.0:7000 --upstream 10.0.0.1:7000,10.0.0.2:7000",
            "  fastsocket tcpproxy --listen [::]:7000 --upstream db:5432 --proxy-protocol-out --drain-timeout 15",
            "  fastsocket tcpproxy --config proxy.yaml --engine epoll"
        })
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class TcpProxyCommand implements Callable<Integer> {
    /** Look-ups wait for name servers; this many names can be slow before another has to wait. */
    private static final int LOOKUP_THREADS = 2;

    private static final int DAY_SECONDS = 86_400;

    /** Its own connection, and one to an upstream. */
    private static final int FILES_PER_CLIENT = 2;

    private final StopSignal stop;

    @Spec
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Option(
            names = OptionsFile.OPTION,
            paramLabel = "FILE",
            description =
                    "YAML file of options, a mapping such as {listen: 0.0.0.0:7000, upstream: [a:1, b:2]}; what is"
                            + " given here as well, is taken from here.")
    @SuppressWarnings("unused") // read by OptionsFile
    private @Nullable Path config;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where to listen: address, host name or network interface, and port; an IPv6 address in"
                    + " brackets. Port 0: a free one, see the line that says what it is.")
    private @Nullable String listen;

    @Option(
            names = "--upstream",
            paramLabel = "HOST:PORT",
            split = ",",
            converter = UpstreamName.class,
            description = "Where connections go; several after commas, or the option several times.")
    private @Nullable List<Upstream> upstreams;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Connections each listener may hold before they are accepted; default 4096. The kernel lowers"
                    + " it to net.core.somaxconn.")
    private int backlog;

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "0",
            description = "Clients per loop, further ones are reset; default 0: no limit.")
    private int connectionsPerLoopMax;

    @Option(
            names = "--connect-timeout",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "How long a connect to an upstream may take before another is tried; default 3.")
    private int connectTimeoutSeconds;

    @Option(
            names = "--connect-tries",
            paramLabel = "N",
            defaultValue = "3",
            description = "Upstreams tried for one client before it is reset; default 3.")
    private int connectTriesMax;

    @Option(
            names = "--idle-timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "Resets a connection on which nothing moves in either direction for this long; default 300,"
                    + " 0: never.")
    private int idleTimeoutSeconds;

    @Option(
            names = "--proxy-protocol-in",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Clients begin with a PROXY header, version 1 or 2; one that does not is closed. Only where"
                    + " all who can connect are trusted.")
    private boolean headerIn;

    @Option(
            names = "--header-timeout",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long a client may take to send its PROXY header; default 5.")
    private int headerTimeoutSeconds;

    @Option(
            names = "--proxy-protocol-out",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "false",
            description = "Tells upstreams who the client is, by a PROXY header of version 2.")
    private boolean headerOut;

    @Mixin
    private LimitOptions limitOptions;

    @Mixin
    private DrainOptions drainOptions;

    @Mixin
    private GroupOptions groupOptions;

    @Mixin
    private MetricsOptions metricsOptions;

    TcpProxyCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws InterruptedException {
        TcpProxySettings settings = settings();
        if (listen == null) {
            throw wrong("--listen is missing: give HOST:PORT");
        }
        InetSocketAddress address = ListenAddress.of(listen, spec.commandLine());
        drainOptions.prepare();
        require("--backlog", backlog, 1, Integer.MAX_VALUE);
        ListenAddress.requireFree(address);
        FastSocketEventLoopGroup group = groupOptions.open("tcpproxy");
        ExecutorService lookups =
                Executors.newFixedThreadPool(LOOKUP_THREADS, new DefaultThreadFactory("tcpproxy-lookup", true));
        Optional<MetricsServer> metrics = Optional.empty();
        try {
            metrics = metricsOptions.open(group);
            TcpProxy proxy = bind(group, lookups, address, settings);
            spec.commandLine()
                    .getErr()
                    .println(ListenAddress.announcement(group, proxy.address(), settings.upstreams()));
            metrics.ifPresent(shown -> {
                new FaultMeters(proxy.faults(), Side.CLIENT, Side.UPSTREAM).bindTo(shown.registry());
                new RefusedMeters(proxy.gate()).bindTo(shown.registry());
            });
            drainOptions.serve(stop, metrics, new DrainOptions.Server() {
                @Override
                public void lameDuck() {}

                @Override
                public int stop(Duration bound, CompletionStage<?> atOnce) throws InterruptedException {
                    return proxy.stop(bound, atOnce);
                }
            });
            return 0;
        } finally {
            metrics.ifPresent(MetricsServer::close);
            GroupOptions.close(group);
            lookups.shutdownNow();
        }
    }

    private TcpProxySettings settings() {
        if (upstreams == null || upstreams.isEmpty()) {
            throw wrong("--upstream is missing: give HOST:PORT, several after commas");
        }
        if (upstreams.stream().distinct().count() < upstreams.size()) {
            throw wrong("--upstream " + upstreams + ": give each once");
        }
        require("--connect-tries", connectTriesMax, 1, 100);
        require("--max-connections", connectionsPerLoopMax, 0, Integer.MAX_VALUE);
        return new TcpProxySettings(
                upstreams,
                seconds("--connect-timeout", connectTimeoutSeconds, 1, 3600),
                connectTriesMax,
                seconds("--idle-timeout", idleTimeoutSeconds, 0, DAY_SECONDS),
                connectionsPerLoopMax,
                limitOptions.limits(FILES_PER_CLIENT),
                headerIn,
                seconds("--header-timeout", headerTimeoutSeconds, 1, 3600),
                headerOut);
    }

    private TcpProxy bind(
            FastSocketEventLoopGroup group,
            ExecutorService lookups,
            InetSocketAddress address,
            TcpProxySettings settings) {
        ServerBootstrap clients = new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, backlog);
        Bootstrap toUpstreams =
                new Bootstrap().channelFactory(group.socketChannelFactory()).resolver(new OffLoopResolver(lookups));
        try {
            return TcpProxy.bind(clients, address, toUpstreams, settings);
        } catch (IOException e) {
            throw ListenAddress.explain(address, e);
        }
    }

    private Duration seconds(String option, int value, int min, int max) {
        require(option, value, min, max);
        return Duration.ofSeconds(value);
    }

    private void require(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw wrong(option + " " + value + ": give "
                    + (max == Integer.MAX_VALUE ? min + " or more" : min + " to " + max));
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
