package io.fastsocket.examples.metrics;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.connect.FlowDelivery;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.fastsocket.transport.metrics.FastSocketMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

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

    private final FastSocketEventLoopGroup ownGroup;
    private final PrometheusMeterRegistry registry;
    private final FastSocketMetrics metrics;
    private final JvmGcMetrics gcMetrics;
    private final Readiness readiness;
    private final Channel listener;

    private MetricsServer(
            FastSocketEventLoopGroup ownGroup,
            PrometheusMeterRegistry registry,
            FastSocketMetrics metrics,
            JvmGcMetrics gcMetrics,
            Readiness readiness,
            Channel listener) {
        this.ownGroup = ownGroup;
        this.registry = registry;
        this.metrics = metrics;
        this.gcMetrics = gcMetrics;
        this.readiness = readiness;
        this.listener = listener;
    }

    /**
     * Registers the meters of a group and of the JVM, and listens.
     *
     * @param group what is looked at
     * @param address where to listen; port 0: a free one
     * @throws IOException if the address cannot be bound
     */
    public static MetricsServer start(FastSocketEventLoopGroup group, InetSocketAddress address) throws IOException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        FastSocketMetrics metrics = new FastSocketMetrics(group);
        JvmGcMetrics gcMetrics = new JvmGcMetrics();
        metrics.bindTo(registry);
        gcMetrics.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);

        FastSocketEventLoopGroup ownGroup = FastSocketEventLoopGroup.builder()
                .loops(1)
                .placement(PlacementPolicy.none())
                .flowDelivery(FlowDelivery.off())
                .ringSize(RING_ENTRIES)
                .threadName("metrics")
                .build();
        Readiness readiness = new Readiness();
        History history = new History(group, metrics.loopWatch());
        LoopsReport report = new LoopsReport(group, metrics.loopWatch(), history);
        LiveStream live = new LiveStream(ownGroup.next(), report, history);
        ChannelFuture bound = new ServerBootstrap()
                .group(ownGroup)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new MetricsInitializer(
                        registry, report, live, new Health(group, metrics.loopWatch()), readiness))
                .bind(address);
        bound.awaitUninterruptibly(BIND_SECONDS_MAX, TimeUnit.SECONDS);
        MetricsServer server = new MetricsServer(ownGroup, registry, metrics, gcMetrics, readiness, bound.channel());
        if (!bound.isSuccess()) {
            server.close();
            throw new IOException(
                    "bind " + address + ": "
                            + (bound.isDone()
                                    ? bound.cause().getMessage()
                                    : "not done within " + BIND_SECONDS_MAX + " s"),
                    bound.cause());
        }
        live.start();
        return server;
    }

    /** The address and port bound. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
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
