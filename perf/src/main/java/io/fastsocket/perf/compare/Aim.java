package io.fastsocket.perf.compare;

import io.fastsocket.perf.idle.IdleMemory;
import io.fastsocket.perf.server.ServerKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What this project sets out to reach beside another server, and how far it came.
 *
 * @param what the two servers and their work
 * @param figure what is compared: {@code rate}, {@code cpu}, {@code p99} or {@code memory}
 * @param atLeast whether the ratio is to be the limit or more; else the limit or less
 * @param limit the ratio aimed at
 * @param measured the ratio of this project's figure over the other's
 * @param floor the same ratio for the C floor on io_uring: what the kernel alone leaves possible here; empty where it was not
 *     measured
 */
public record Aim(String what, String figure, boolean atLeast, double limit, Spread measured, Optional<Double> floor) {
    private static final ServerKind OURS = ServerKind.FASTSOCKET_IO_URING;
    private static final ServerKind FLOOR = ServerKind.FLOOR_IO_URING;

    /** Whether the median reaches it. */
    public boolean met() {
        return atLeast ? measured.median() >= limit : measured.median() <= limit;
    }

    private record Rate(Work work, ServerKind other, double limit) {}

    private static final List<Rate> RATES = List.of(
            new Rate(Work.NEW, ServerKind.STOCK_IO_URING, 1.4),
            new Rate(Work.NEW, ServerKind.STOCK_NIO, 1.5),
            new Rate(Work.NEW, ServerKind.STOCK_EPOLL, 1.3),
            new Rate(Work.NEW, ServerKind.NGINX, 1.0),
            new Rate(Work.KEEPALIVE, ServerKind.STOCK_IO_URING, 2.5),
            new Rate(Work.KEEPALIVE, ServerKind.STOCK_EPOLL, 1.5),
            new Rate(Work.KEEPALIVE, ServerKind.NGINX, 1.3),
            new Rate(Work.PROXY_NEW, ServerKind.STOCK_IO_URING, 1.4),
            new Rate(Work.PROXY_NEW, ServerKind.HAPROXY, 0.8),
            new Rate(Work.PROXY_NEW, ServerKind.NGINX, 0.9));

    private static final List<Rate> BEST_AGAINST_FLOOR =
            List.of(new Rate(Work.NEW, FLOOR, 0.8), new Rate(Work.KEEPALIVE, FLOOR, 0.85));

    private static final double CPU_OF_STOCK_MAX = 0.65;

    /** All aims whose two sides were measured. */
    public static List<Aim> of(BenchResult result) {
        List<Aim> aims = new ArrayList<>();
        for (Rate rate : RATES) {
            ratios(result, rate.work(), OURS, rate.other())
                    .ifPresent(ratios -> aims.add(new Aim(
                            rate.work() + ": " + OURS + " / " + rate.other(),
                            "rate",
                            true,
                            rate.limit(),
                            ratios.requestsPerSecond(),
                            ratios(result, rate.work(), FLOOR, rate.other())
                                    .map(floor -> floor.requestsPerSecond().median()))));
        }
        ratios(result, Work.NEW, OURS, ServerKind.STOCK_IO_URING)
                .ifPresent(ratios -> aims.add(new Aim(
                        Work.NEW + ": " + OURS + " / " + ServerKind.STOCK_IO_URING,
                        "cpu",
                        false,
                        CPU_OF_STOCK_MAX,
                        ratios.cpuMicrosPerRequest(),
                        ratios(result, Work.NEW, FLOOR, ServerKind.STOCK_IO_URING)
                                .map(floor -> floor.cpuMicrosPerRequest().median()))));
        for (Rate rate : BEST_AGAINST_FLOOR) {
            bestOfOurs(result, rate)
                    .ifPresent(ratios -> aims.add(new Aim(
                            rate.work() + ": the best of ours / " + FLOOR,
                            "rate",
                            true,
                            rate.limit(),
                            ratios.requestsPerSecond(),
                            Optional.empty())));
        }
        result.latencies.forEach(ours -> p99(result, ours).ifPresent(aims::add));
        memory(result).ifPresent(aims::add);
        return aims;
    }

    private static Optional<Ratios> ratios(BenchResult result, Work work, ServerKind one, ServerKind other) {
        return Ratios.of(result.measurements, work, one, other);
    }

    private static Optional<Ratios> bestOfOurs(BenchResult result, Rate rate) {
        return result.about.keySet().stream()
                .filter(kind -> kind.family() == ServerKind.Family.FASTSOCKET)
                .flatMap(kind -> ratios(result, rate.work(), kind, rate.other()).stream())
                .max(Comparator.comparingDouble(
                        ratios -> ratios.requestsPerSecond().median()));
    }

    private static Optional<Aim> p99(BenchResult result, LatencyFigures ours) {
        return result.latencies.stream()
                .filter(other ->
                        other.work() == ours.work() && ours.server().stockTwin().equals(Optional.of(other.server())))
                .findFirst()
                .map(stock -> new Aim(
                        ours.work() + ": " + ours.server() + " / " + stock.server() + " at 70 % of their maximum",
                        "p99",
                        false,
                        1,
                        ours.micros().p99().over(stock.micros().p99().median()),
                        Optional.empty()));
    }

    private static Optional<Aim> memory(BenchResult result) {
        Optional<IdleMemory> ours = idle(result, OURS);
        Optional<IdleMemory> stock = idle(result, ServerKind.STOCK_IO_URING);
        if (ours.isEmpty() || stock.isEmpty()) {
            return Optional.empty();
        }
        double ratio = ours.get().bytesPerConnection() / stock.get().bytesPerConnection();
        return Optional.of(new Aim(
                "idle: " + OURS + " / " + ServerKind.STOCK_IO_URING,
                "memory",
                false,
                1,
                new Spread(ratio, ratio, ratio),
                Optional.empty()));
    }

    private static Optional<IdleMemory> idle(BenchResult result, ServerKind kind) {
        return result.idle.stream().filter(memory -> memory.server() == kind).findFirst();
    }
}
