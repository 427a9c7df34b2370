package io.fastsocket.examples.metrics;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;

import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopWatch;
import io.fastsocket.transport.metrics.FastSocketMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves what there is to see of an event loop group: {@code /metrics} for Prometheus, {@code /healthz} and {@code /readyz},
 * {@code /loops} as JSON, and the live page at {@code /}. Runs on one loop of its own, with few
 * connections and a descriptor in reserve, so that a probe gets through whatever becomes of the rest. Has no authentication and no
 * TLS: bind it to an address that only those reach who may see it.
 *
 * <p>Safe for use by any thread but an event loop.
 */
public final class MetricsServer implements AutoCloseable {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(MetricsServer.class);

    private static final long BIND_SECONDS_MAX = 10;
    private static final long SHUTDOWN_SECONDS_MAX = 5;
    private static final int TRY_OUT_MILLIS_MAX = 2000;

    /** Longer than a pause of the garbage collector, shorter than what a client waits for. */
    private static final Duration STUCK_AFTER = Duration.ofSeconds(2);

    private final FastSocketEventLoopGroup group;
    /** Netty's own, which shares no fault with what is looked at. */
    private final EventLoopGroup ownGroup = new NioEventLoopGroup(1, new DefaultThreadFactory("metrics", true));

    private final SpareDescriptors spare = new SpareDescriptors(ownGroup.next());
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gcMetrics = new JvmGcMetrics();
    private final Readiness readiness = new Readiness();
    private final PeerFaults faults = new PeerFaults();
    private final FastSocketMetrics metrics;
    private @Nullable Channel listener;

    private MetricsServer(FastSocketEventLoopGroup group) {
        this.group = group;
        this.metrics = new FastSocketMetrics(group);
    }

    /**
     * Registers the meters of a group and of the JVM, and listens.
     *
     * @param group what is looked at
     * @param address where to listen; port 0: a free one
     * @param hosts by which names clients may ask, besides localhost and the address they connect to
     * @throws IOException if the address cannot be bound
     */
    public static MetricsServer start(
            FastSocketEventLoopGroup group, InetSocketAddress address, Collection<String> hosts) throws IOException {
        return start(group, address, hosts, STUCK_AFTER);
    }

    static MetricsServer start(
            FastSocketEventLoopGroup group, InetSocketAddress address, Collection<String> hosts, Duration stuckAfter)
            throws IOException {
        MetricsServer server = new MetricsServer(group);
        try {
            server.register();
            server.listen(address, new AllowedHosts(hosts), stuckAfter);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void register() {
        // Two of Micrometer's names that Prometheus finds fault with.
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        registry.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        metrics.bindTo(registry);
        gcMetrics.bindTo(registry);
        new FaultMeters(faults, Side.METRICS).bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private void listen(InetSocketAddress address, AllowedHosts hosts, Duration stuckAfter) throws IOException {
        LoopWatch watch = metrics.loopWatch();
        History history = new History(group, watch);
        LoopsReport report = new LoopsReport(group, watch, history);
        LiveStream live = new LiveStream(ownGroup.next(), report, history);
        Health health = new Health(group, watch, stuckAfter);
        MetricsConnections connections = new MetricsConnections();
        ChannelFuture bound = new ServerBootstrap()
                .group(ownGroup)
                .channelFactory(() -> new ReservedListener(spare))
                .handler(new ReservedListener.Pause(connections))
                .childHandler(new MetricsInitializer(
                        registry, report, live, health, readiness, hosts, connections, spare, faults))
                .bind(address);
        bound.awaitUninterruptibly(BIND_SECONDS_MAX, TimeUnit.SECONDS);
        if (!bound.isDone()) {
            throw new IOException("bind " + address + ": not done within " + BIND_SECONDS_MAX + " s");
        }
        if (!bound.isSuccess()) {
            throw new IOException("bind " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        listener = bound.channel();
        live.start();
        ownGroup.execute(spare::take);
        tryOut();
    }

    /**
     * Asks once. Answering needs classes and files of libraries that are opened when they are first needed; that may be when there is
     * no descriptor left.
     */
    private void tryOut() {
        InetSocketAddress bound = address();
        InetAddress host =
                bound.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound.getAddress();
        for (String path : List.of("/healthz", "/readyz", "/metrics")) {
            try (Socket probe = new Socket()) {
                probe.setSoTimeout(TRY_OUT_MILLIS_MAX);
                probe.connect(new InetSocketAddress(host, bound.getPort()), TRY_OUT_MILLIS_MAX);
                probe.getOutputStream().write(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(US_ASCII));
                probe.getInputStream().readAllBytes();
            } catch (IOException e) {
                logger.debug("{} not tried out", path, e);
                return;
            }
        }
    }

    /** The address and port bound. */
    public InetSocketAddress address() {
        return (InetSocketAddress) requireNonNull(listener).localAddress();
    }

    /** For more meters. */
    public MeterRegistry registry() {
        return registry;
    }

    /** Whether {@code /readyz} says that new work may come. At first it says that the server is starting. */
    public void ready(boolean ready) {
        readiness.set(ready);
    }

    /** Stops listening, ends every connection and takes the meters away. */
    @Override
    public void close() {
        if (!ownGroup.isShuttingDown()) {
            ownGroup.execute(spare::close);
        }
        ownGroup.shutdownGracefully(0, SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS)
                .awaitUninterruptibly(2 * SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS);
        metrics.close();
        gcMetrics.close();
        registry.close();
    }
}
