package io.fastsocket.examples.metrics;

import static java.util.Objects.requireNonNull;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.examples.fault.PeerFaults;
import io.fastsocket.examples.fault.Side;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopWatch;
import io.fastsocket.transport.connect.FlowDelivery;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
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
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Serves what there is to see of an event loop group: {@code /metrics} for Prometheus, {@code /healthz} and {@code /readyz},
 * {@code /loops} as JSON, and the live page at {@code /}. Runs on a group of one loop of its own. Has no authentication and no
 * TLS: bind it to an address that only those reach who may see it.
 *
 * <p>Safe for use by any thread but an event loop.
 */
public final class MetricsServer implements AutoCloseable {
    private static final long BIND_SECONDS_MAX = 10;
    private static final long SHUTDOWN_SECONDS_MAX = 5;
    /** Of one loop that has little to do. */
    private static final int RING_ENTRIES = 256;

    /** Longer than a pause of the garbage collector, shorter than what a client waits for. */
    private static final Duration STUCK_AFTER = Duration.ofSeconds(2);

    private final FastSocketEventLoopGroup group;
    private final FastSocketEventLoopGroup ownGroup = FastSocketEventLoopGroup.builder()
            .loops(1)
            .placement(PlacementPolicy.none())
            .flowDelivery(FlowDelivery.off())
            .ringSize(RING_ENTRIES)
            .threadName("metrics")
            .build();
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
     * @throws IOException if the address cannot be bound
     */
    public static MetricsServer start(FastSocketEventLoopGroup group, InetSocketAddress address) throws IOException {
        return start(group, address, STUCK_AFTER);
    }

    static MetricsServer start(FastSocketEventLoopGroup group, InetSocketAddress address, Duration stuckAfter)
            throws IOException {
        MetricsServer server = new MetricsServer(group);
        try {
            server.register();
            server.listen(address, stuckAfter);
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

    private void listen(InetSocketAddress address, Duration stuckAfter) throws IOException {
        LoopWatch watch = metrics.loopWatch();
        History history = new History(group, watch);
        LoopsReport report = new LoopsReport(group, watch, history);
        LiveStream live = new LiveStream(ownGroup.next(), report, history);
        Health health = new Health(group, watch, stuckAfter);
        ChannelFuture bound = new ServerBootstrap()
                .group(ownGroup)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new MetricsInitializer(registry, report, live, health, readiness, faults))
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
        ownGroup.shutdownGracefully(0, SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS)
                .awaitUninterruptibly(2 * SHUTDOWN_SECONDS_MAX, TimeUnit.SECONDS);
        metrics.close();
        gcMetrics.close();
        registry.close();
    }
}
