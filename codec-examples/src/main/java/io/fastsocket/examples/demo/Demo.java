package io.fastsocket.examples.demo;

import com.sun.management.OperatingSystemMXBean;
import io.fastsocket.examples.demo.DemoResult.Comparison;
import io.fastsocket.examples.http.HttpServerSettings;
import io.fastsocket.examples.proxy.HttpProxy;
import io.fastsocket.examples.proxy.ProxyParts;
import io.fastsocket.examples.proxy.ProxySettings;
import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs the reverse proxy on our group and on stock Netty with one listener, both in front of one origin, and loads them in turns
 * from a process of clients pinned to every CPU. Used by one thread.
 */
public final class Demo {
    /** Measured rounds. Each loads both servers in both modes; which comes first alternates. */
    public static final int ROUNDS = 2;

    /** The warm-up is a round of the same load, cut to this share of all time. */
    private static final double WARM_UP_SHARE = 0.3;

    private static final int SLICES_PER_ROUND = 2 * LoadMode.values().length;

    private final Duration duration;
    private final Consumer<String> progress;
    private final OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    /**
     * @param duration of the load in all, warm-up included
     * @param progress takes a line about what runs now, several times a run
     */
    public Demo(Duration duration, Consumer<String> progress) {
        this.duration = duration;
        this.progress = progress;
    }

    /**
     * Measures. The group stays open.
     *
     * @throws IOException if a server cannot listen on loopback or the process of the clients cannot be started
     */
    public DemoResult run(FastSocketEventLoopGroup group) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        InetSocketAddress anyPort = new InetSocketAddress(loopback, 0);
        ServerBootstrap ours = new ServerBootstrap().group(group).channel(FastSocketServerSocketChannel.class);
        try (StockNetty netty = StockNetty.start(group.engine());
                LoadProcess load = LoadProcess.start(HttpServerSettings.DEFAULT.text())) {
            ProxySettings settings =
                    ProxySettings.to(List.of(new Upstream(loopback.getHostAddress(), load.originPort())));
            return run(
                    group,
                    netty,
                    load,
                    HttpProxy.bind(
                            ours,
                            anyPort,
                            settings,
                            ProxyParts.of(group.socketChannelFactory()).withLocality(group::isLocal)),
                    HttpProxy.bind(netty.bootstrap(), anyPort, settings, ProxyParts.of(netty.sockets())));
        }
    }

    private DemoResult run(
            FastSocketEventLoopGroup group,
            StockNetty netty,
            LoadProcess load,
            HttpProxy ourProxy,
            HttpProxy stockProxy)
            throws IOException {
        try (HttpProxy fastsocket = ourProxy;
                HttpProxy stock = stockProxy) {
            List<Comparison> comparisons = measure(load, fastsocket, stock);
            return new DemoResult(
                    group.engine(), group.capabilities(), netty.describe(), group.loopStats(), comparisons);
        }
    }

    private List<Comparison> measure(LoadProcess load, HttpProxy fastsocket, HttpProxy stock) throws IOException {
        List<Comparison> sums = new ArrayList<>();
        for (LoadMode mode : LoadMode.values()) {
            progress.accept("warm-up, " + mode.title());
            long warmUpMillis = (long) (duration.toMillis() * WARM_UP_SHARE / SLICES_PER_ROUND);
            sums.add(new Comparison(
                    mode,
                    slice(load, fastsocket, mode, warmUpMillis).failuresOnly(),
                    slice(load, stock, mode, warmUpMillis).failuresOnly()));
        }
        long sliceMillis = (long) (duration.toMillis() * (1 - WARM_UP_SHARE) / ROUNDS / SLICES_PER_ROUND);
        for (int round = 1; round <= ROUNDS; round++) {
            for (int i = 0; i < sums.size(); i++) {
                Comparison sum = sums.get(i);
                progress.accept(
                        "round " + round + " of " + ROUNDS + ", " + sum.mode().title());
                boolean oursFirst = round % 2 == 1;
                LoadSlice first = slice(load, oursFirst ? fastsocket : stock, sum.mode(), sliceMillis);
                LoadSlice second = slice(load, oursFirst ? stock : fastsocket, sum.mode(), sliceMillis);
                sums.set(i, oursFirst ? sum.plus(first, second) : sum.plus(second, first));
            }
        }
        return sums;
    }

    private LoadSlice slice(LoadProcess load, HttpProxy server, LoadMode mode, long millis) throws IOException {
        int port = ((InetSocketAddress) server.address()).getPort();
        long cpuBefore = process.getProcessCpuTime();
        LoadSlice slice = load.run(port, mode, millis);
        return slice.withCpuNanos(process.getProcessCpuTime() - cpuBefore);
    }
}
