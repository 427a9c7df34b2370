package io.fastsocket.perf.churn;

import io.fastsocket.perf.server.ProcFs;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.engine.Engine;
import io.fastsocket.transport.listen.FastSocketServerSocketChannel;
import io.fastsocket.transport.metrics.FastSocketMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Groups that start and stop, and server channels that are bound and closed, in this JVM, with their meters in one registry; and what
 * they leave behind.
 */
public final class MeterChurn {
    /** The fewest cycles of which something can be said: each portion has at least one. */
    public static final int CYCLES_MIN = 20;

    private static final List<Integer> PORTION_ENDS_PERCENT = List.of(5, 10, 20, 40, 60, 80, 100);
    /** Memory is compared with what it was then. */
    private static final int REFERENCE_INDEX = 1;

    private static final Duration STEP_MAX = Duration.ofSeconds(20);
    /** How long threads that end, and files that are closed, may take. */
    private static final Duration SETTLING_MAX = Duration.ofSeconds(3);

    private static final long POLL_NANOS = 100_000;
    /** Rings that cost next to nothing. */
    private static final int RING_SIZE = 64;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ProcFs procFs;
    private final Engine engine;
    private final long deadlineNanos;
    private final Consumer<String> progress;

    /**
     * What there is at rest.
     *
     * @param cycles those that were done before
     * @param meters in the registry
     * @param threads of the JVM
     * @param openFiles of the process
     * @param heapBytes in use, after garbage collection
     * @param residentBytes resident memory; not judged, because a JVM keeps what its heap once grew to
     */
    public record Rest(long cycles, int meters, int threads, int openFiles, long heapBytes, long residentBytes) {
        private Footprint footprint() {
            // Direct memory is of buffers, of which there are none.
            return new Footprint(cycles, openFiles, residentBytes, heapBytes, 0);
        }
    }

    /**
     * How a run went.
     *
     * @param cycles those that were done
     * @param seconds time they took, without the pauses in which the rest was taken
     * @param rests one after each portion
     * @param violations what grew, or why that cannot be said
     */
    public record Result(long cycles, double seconds, List<Rest> rests, List<String> violations) {
        public Result {
            rests = List.copyOf(rests);
            violations = List.copyOf(violations);
        }
    }

    private interface Cycle {
        void run(long index) throws InterruptedException;
    }

    /**
     * @param limit time for all that is run
     * @param progress takes a line after each portion
     */
    public MeterChurn(Engine engine, Duration limit, Consumer<String> progress)
            throws IOException, InterruptedException {
        this.engine = engine;
        this.deadlineNanos = System.nanoTime() + limit.toNanos();
        this.progress = progress;
        this.procFs = ProcFs.ofThisMachine();
    }

    /** Groups of one loop with a server channel, each of which is ended before the next one begins. */
    public Result startAndStop(long cycles) throws IOException, InterruptedException {
        return run("starts and stops", cycles, 0, this::startAndStopOne);
    }

    private void startAndStopOne(long index) throws InterruptedException {
        FastSocketEventLoopGroup group = newGroup();
        FastSocketMetrics metrics = new FastSocketMetrics(group);
        metrics.bindTo(registry);
        bind(group);
        if (index % 2 == 0) {
            metrics.close();
        }
        end(group);
        // The other half is closed by the end of the group.
        await(() -> registry.getMeters().isEmpty(), STEP_MAX, "meters are gone");
    }

    /** Server channels of one group. */
    public Result bindAndClose(long cycles) throws IOException, InterruptedException {
        FastSocketEventLoopGroup group = newGroup();
        try (FastSocketMetrics metrics = new FastSocketMetrics(group)) {
            metrics.bindTo(registry);
            int metersOfGroup = registry.getMeters().size();
            return run("binds and closes", cycles, metersOfGroup, index -> bind(group)
                    .close()
                    .sync());
        } finally {
            end(group);
        }
    }

    private FastSocketEventLoopGroup newGroup() {
        return FastSocketEventLoopGroup.builder()
                .engine(engine)
                .loops(1)
                .ringSize(RING_SIZE)
                .build();
    }

    private static Channel bind(FastSocketEventLoopGroup group) throws InterruptedException {
        return new ServerBootstrap()
                .group(group)
                .channel(FastSocketServerSocketChannel.class)
                .childHandler(new Nothing())
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
    }

    @ChannelHandler.Sharable
    private static final class Nothing extends ChannelInboundHandlerAdapter {}

    private static void end(FastSocketEventLoopGroup group) throws InterruptedException {
        if (!group.shutdownGracefully(0, 0, TimeUnit.SECONDS).await(STEP_MAX.toMillis())) {
            throw new IllegalStateException("a group did not end within " + STEP_MAX);
        }
    }

    // ---- measure

    private Result run(String name, long cycles, int metersAtRest, Cycle cycle)
            throws IOException, InterruptedException {
        List<Rest> rests = new ArrayList<>();
        long nanos = 0;
        long done = 0;
        for (int percent : PORTION_ENDS_PERCENT) {
            long end = cycles * percent / 100;
            long from = done;
            long began = System.nanoTime();
            while (done < end && System.nanoTime() - deadlineNanos < 0) {
                cycle.run(done);
                done++;
            }
            long portion = System.nanoTime() - began;
            nanos += portion;
            rests.add(rest(done, metersAtRest, rests.isEmpty() ? null : rests.get(0)));
            progress.accept(String.format(
                    Locale.ROOT, "%d %s, %.2f ms each", done, name, portion / 1e6 / Math.max(1, done - from)));
            if (done < end) {
                break;
            }
        }
        return new Result(done, nanos / 1e9, rests, violations(rests, metersAtRest));
    }

    private Rest rest(long cycles, int metersAtRest, @Nullable Rest first) throws IOException, InterruptedException {
        if (first != null) {
            poll(() -> registry.getMeters().size() <= metersAtRest && threads() <= first.threads, SETTLING_MAX);
        }
        // The first collection queues what has a cleaner, the second finds it cleaned.
        System.gc();
        System.gc();
        long pid = ProcessHandle.current().pid();
        if (first != null) {
            poll(() -> openFiles(pid) <= first.openFiles, SETTLING_MAX);
        }
        long heapBytes =
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return new Rest(
                cycles, registry.getMeters().size(), threads(), openFiles(pid), heapBytes, procFs.residentBytes(pid));
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private int openFiles(long pid) {
        try {
            return procFs.openFiles(pid);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<String> violations(List<Rest> rests, int metersAtRest) {
        if (rests.size() < PORTION_ENDS_PERCENT.size()) {
            return List.of("nothing can be said of growth: the run was cut off by its time limit");
        }
        Rest start = rests.get(0);
        Rest end = rests.get(rests.size() - 1);
        List<String> violations = new ArrayList<>(GrowthBound.violations(
                start.footprint(), rests.get(REFERENCE_INDEX).footprint(), end.footprint()));
        if (end.meters != metersAtRest) {
            violations.add("meters: end=" + end.meters + " (expected " + metersAtRest + ")");
        }
        if (end.threads > start.threads) {
            violations.add("threads: end=" + end.threads + " (expected at most " + start.threads + ")");
        }
        return violations;
    }

    private static void await(BooleanSupplier condition, Duration limit, String what) {
        if (!poll(condition, limit)) {
            throw new IllegalStateException("not within " + limit + ": " + what);
        }
    }

    private static boolean poll(BooleanSupplier condition, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }
}
