package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.affinity.cli.CommonOptions;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.examples.metrics.FaultMeters;
import io.fastsocket.examples.metrics.MetricsServer;
import io.fastsocket.examples.metrics.PoolMeters;
import io.fastsocket.examples.metrics.RefusedMeters;
import io.fastsocket.examples.proxy.AccessLog;
import io.fastsocket.examples.proxy.HttpProxy;
import io.fastsocket.examples.proxy.ProxyParts;
import io.fastsocket.examples.proxy.ProxySettings;
import io.fastsocket.examples.proxy.UnknownUpstreamException;
import io.fastsocket.examples.tls.ServerTls;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fastsocket proxy}. */
@Command(
        name = "proxy",
        preprocessor = OptionsFile.Reader.class,
        description = {
            "Runs an HTTP/1.1 reverse proxy until SIGTERM or SIGINT.",
            "A request stays on the core that received it: its upstream connection belongs to the same event loop."
        },
        footer = {
            "",
            "Exit codes: 0 stopped, 1 cannot serve, 2 wrong usage.",
            "",
            "Examples:",
            "  fastsocket proxy --listen 127.0.0.1:8000 --upstream http://127.0.0.1:8080",
            "  fastsocket proxy --upstream 10.0.0.2:80,10.0.0.3:80 --access-log -",
            "  fastsocket proxy --config proxy.yaml --engine epoll"
        })
@SuppressWarnings("NullAway.Init") // picocli sets every option, to its default if need be
final class ProxyCommand implements Callable<Integer> {
    /** Its own connection, and one to an upstream. */
    private static final int FILES_PER_CLIENT = 2;

    private final StopSignal stop;

    @Spec
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("unused") // read by picocli
    private CommonOptions common;

    @Mixin
    private ProxyOptions options;

    @Mixin
    private TlsOptions tlsOptions;

    @Mixin
    private LimitOptions limitOptions;

    @Mixin
    private DrainOptions drainOptions;

    @Mixin
    private GroupOptions groupOptions;

    @Mixin
    private MetricsOptions metricsOptions;

    @Option(
            names = OptionsFile.OPTION,
            paramLabel = "FILE",
            description = "YAML file of options, a mapping such as {listen: 0.0.0.0:80, upstream: [a:1, b:2]}; what is"
                    + " given here as well, is taken from here.")
    @SuppressWarnings("unused") // read by OptionsFile
    private @Nullable Path config;

    ProxyCommand(StopSignal stop) {
        this.stop = stop;
    }

    /** Listens, says so, waits for the signal, stops in order. Answers the exit code. */
    @Override
    public Integer call() throws InterruptedException {
        InetSocketAddress address = options.listen();
        ProxySettings unlimited = options.settings();
        long kept = unlimited.keptConnectionsMax(groupOptions.loopsMax());
        ProxySettings settings = unlimited.with(limitOptions.limits(FILES_PER_CLIENT, kept));
        ServerTls tls = tlsOptions.tls();
        drainOptions.prepare();
        int backlog = options.backlog();
        ListenAddress.requireFree(address);
        AccessLog accessLog = openAccessLog();
        try {
            FastSocketEventLoopGroup group = groupOptions.open("proxy");
            Optional<MetricsServer> metrics = Optional.empty();
            try {
                metrics = metricsOptions.open(group);
                ServerBootstrap bootstrap = new ServerBootstrap()
                        .group(group)
                        .channel(FastSocketServerSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, backlog);
                ProxyParts parts = new ProxyParts(
                        group.socketChannelFactory(),
                        tls,
                        accessLog,
                        // NIO gives no sockets away, and nothing is known of where packets arrive.
                        group.engine() == Engine.NIO ? null : group::isLocal);
                HttpProxy proxy = bind(bootstrap, address, settings, parts);
                spec.commandLine()
                        .getErr()
                        .println(ListenAddress.announcement(group, proxy.address(), settings.upstreams()));
                metrics.ifPresent(shown -> {
                    new PoolMeters(group, proxy::poolStats).bindTo(shown.registry());
                    new FaultMeters(proxy.faults(), Side.CLIENT, Side.UPSTREAM).bindTo(shown.registry());
                    new RefusedMeters(proxy.gate()).bindTo(shown.registry());
                });
                drainOptions.serve(stop, metrics, new DrainOptions.Server() {
                    @Override
                    public void lameDuck() {
                        proxy.lameDuck();
                    }

                    @Override
                    public int stop(Duration bound, CompletionStage<?> atOnce) throws InterruptedException {
                        return proxy.stop(bound, atOnce);
                    }
                });
                return 0;
            } finally {
                metrics.ifPresent(MetricsServer::close);
                GroupOptions.close(group);
            }
        } finally {
            if (accessLog != null) {
                accessLog.close();
            }
        }
    }

    private static HttpProxy bind(
            ServerBootstrap bootstrap, InetSocketAddress address, ProxySettings settings, ProxyParts parts) {
        try {
            return HttpProxy.bind(bootstrap, address, settings, parts);
        } catch (UnknownUpstreamException e) {
            throw new CommandFailed(CommandFailed.FAILED, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw ListenAddress.explain(address, e);
        }
    }

    private @Nullable AccessLog openAccessLog() {
        String where = options.accessLog();
        if (where == null) {
            return null;
        }
        if (where.equals("-")) {
            return new AccessLog(spec.commandLine().getOut());
        }
        try {
            return AccessLog.to(Path.of(where));
        } catch (IOException e) {
            throw new CommandFailed(
                    CommandFailed.FAILED,
                    "cannot open the access log: --access-log " + where + " (expected a file that can be written): " + e
                            + "; fix: name another, or permit writing",
                    e);
        }
    }
}
