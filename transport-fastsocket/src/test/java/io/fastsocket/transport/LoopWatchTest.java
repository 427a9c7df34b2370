package io.fastsocket.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fastsocket.affinity.PlacementPolicy;
import io.fastsocket.transport.engine.Engine;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of loops that are stuck, busy or idle, while they are. */
@Timeout(60)
class LoopWatchTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long BLOCKED_NANOS = TimeUnit.MILLISECONDS.toNanos(700);
    private static final long SPIN_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final long SEVERAL_PROBES_NANOS = 4 * PROBE_NANOS;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private FastSocketEventLoopGroup group;
    private LoopWatch watch;

    @AfterEach
    void end() throws Exception {
        watch.close();
        assertThat(group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void theLagOfALoopThatIsStuckGrowsAllTheTime(Engine engine) {
        start(engine);
        awaitProbes(0, 1);
        long probesBefore;
        long totalBefore;
        try (Blocked stuck = Blocked.on(loop(0))) {
            probesBefore = watch.lagCount(0);
            totalBefore = watch.lagNanosTotal(0);
            // The probe is due within its period after the loop got stuck.
            long sinceDueNanos = BLOCKED_NANOS - PROBE_NANOS;
            await().atMost(DEADLINE).until(() -> stuck.nanos() >= BLOCKED_NANOS);

            long overdue = watch.overdueNanos(0);
            assertThat(overdue).isGreaterThanOrEqualTo(sinceDueNanos);
            assertThat(watch.lagNanosMax(0)).isGreaterThanOrEqualTo(overdue);
            assertThat(watch.lagCount(0)).describedAs("nothing runs").isEqualTo(probesBefore);
            await("it grows").atMost(DEADLINE).until(() -> watch.overdueNanos(0) > overdue);
            await("the maximum, too").atMost(DEADLINE).until(() -> watch.lagNanosMax(0) > overdue);
            assertThat(watch.overdueNanos(1)).describedAs("the other loop").isLessThan(sinceDueNanos);
        }

        awaitProbes(0, probesBefore + 3);
        assertThat(watch.lagNanosTotal(0) - totalBefore).isGreaterThan(BLOCKED_NANOS / 2);
        assertThat(watch.lagNanosMax(0)).describedAs("is remembered").isGreaterThan(BLOCKED_NANOS / 2);
        await("not late any more").atMost(DEADLINE).until(() -> watch.overdueNanos(0) == 0);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void theCpuTimeIsThatOfTheLoopsThread(Engine engine) throws Exception {
        start(engine);
        for (int i = 0; i < 2; i++) {
            int loop = i;
            long id =
                    ((SingleThreadEventExecutor) loop(loop)).threadProperties().id();
            long otherBefore = watch.cpuNanos(1 - loop);
            long before = watch.cpuNanos(loop);

            long spun = loop(loop).submit(LoopWatchTest::spin).get(20, TimeUnit.SECONDS);

            long grown = watch.cpuNanos(loop) - before;
            assertThat(spun).isGreaterThanOrEqualTo(SPIN_NANOS);
            assertThat(grown).isBetween(spun, spun + SPIN_NANOS);
            assertThat(watch.cpuNanos(loop))
                    .isBetween(threads.getThreadCpuTime(id) - SPIN_NANOS, threads.getThreadCpuTime(id));
            assertThat(watch.cpuNanos(1 - loop) - otherBefore)
                    .describedAs("the other loop")
                    .isLessThan(SPIN_NANOS);
        }
        List<Long> ofLoops = List.of(watch.cpuNanos(0), watch.cpuNanos(1));

        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();

        for (int loop = 0; loop < 2; loop++) {
            assertThat(watch.cpuNanos(loop))
                    .describedAs("never falls, also when the thread is gone")
                    .isGreaterThanOrEqualTo(ofLoops.get(loop));
        }
    }

    /** Of CPU time, however much of it the scheduler grants in a second. */
    private static long spin() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long began = threads.getCurrentThreadCpuTime();
        long spun = 0;
        while (spun < SPIN_NANOS) {
            spun = threads.getCurrentThreadCpuTime() - began;
        }
        return spun;
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void tasksThatWaitAreCountedExactly(Engine engine) throws Exception {
        start(engine);
        watch.close();
        awaitLastProbe(0);
        try (Blocked stuck = Blocked.on(loop(0))) {
            for (int i = 0; i < 17; i++) {
                assertThat(watch.pendingTasks(0)).isEqualTo(i);
                loop(0).execute(() -> {});
            }
            assertThat(watch.pendingTasks(0)).isEqualTo(17);
            assertThat(watch.pendingTasks(1)).isZero();
        }
        await().atMost(DEADLINE).until(() -> watch.pendingTasks(0) == 0);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void noProbeRunsAfterTheClose(Engine engine) throws Exception {
        start(engine);
        awaitProbes(0, 2);
        awaitProbes(1, 2);

        watch.close();

        awaitLastProbe(0);
        awaitLastProbe(1);
        List<Long> counts = List.of(watch.lagCount(0), watch.lagCount(1));
        runTimer(0, SEVERAL_PROBES_NANOS);
        runTimer(1, SEVERAL_PROBES_NANOS);
        assertThat(List.of(watch.lagCount(0), watch.lagCount(1))).isEqualTo(counts);
        try (Blocked stuck = Blocked.on(loop(0))) {
            await().atMost(DEADLINE).until(() -> stuck.nanos() >= SEVERAL_PROBES_NANOS);
            assertThat(watch.overdueNanos(0)).describedAs("nothing is due").isZero();
        }
    }

    /** A quiet period begins anew with each task that runs: a probe among them would keep the loop for the whole timeout. */
    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void probesDoNotDelayTheEnd(Engine engine) throws Exception {
        start(engine);
        awaitProbes(0, 1);
        long began = System.nanoTime();

        assertThat(group.shutdownGracefully(300, 15_000, TimeUnit.MILLISECONDS).await(20, TimeUnit.SECONDS))
                .isTrue();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        List<Long> counts = List.of(watch.lagCount(0), watch.lagCount(1));
        assertThat(watch.overdueNanos(0)).isZero();
        assertThat(watch.pendingTasks(0)).isZero();
        assertThat(watch.lagNanosMax(0)).isLessThan(DEADLINE.toNanos());
        assertThat(counts).allMatch(count -> count > 0);
    }

    @ParameterizedTest
    @MethodSource("io.fastsocket.transport.TestEngines#all")
    void eachWatchHasItsOwnProbes(Engine engine) {
        start(engine);
        try (LoopWatch second = new LoopWatch(group)) {
            await().atMost(DEADLINE).until(() -> second.lagCount(0) > 1);
        }
        long count = watch.lagCount(0);
        awaitProbes(0, count + 3);
    }

    // ---- steps

    private void start(Engine engine) {
        group = FastSocketEventLoopGroup.builder()
                .engine(engine)
                .placement(PlacementPolicy.none())
                .loops(2)
                .build();
        watch = new LoopWatch(group);
    }

    private EventLoop loop(int index) {
        List<EventExecutor> loops = new ArrayList<>();
        group.forEach(loops::add);
        return (EventLoop) loops.get(index);
    }

    private void awaitProbes(int loop, long count) {
        await("probes of loop " + loop).atMost(DEADLINE).until(() -> watch.lagCount(loop) >= count);
    }

    /** The watch is closed: a probe that was on its way is the last one, and due before this timer. */
    private void awaitLastProbe(int loop) throws Exception {
        runTimer(loop, PROBE_NANOS);
    }

    private void runTimer(int loop, long nanos) throws Exception {
        loop(loop).schedule(() -> {}, nanos, TimeUnit.NANOSECONDS).get(20, TimeUnit.SECONDS);
    }

    /** A loop that waits in a task until this is closed. */
    private record Blocked(CountDownLatch release, long sinceNanos) implements AutoCloseable {
        static Blocked on(EventLoop loop) {
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch entered = new CountDownLatch(1);
            loop.execute(() -> {
                entered.countDown();
                awaitUninterruptibly(release);
            });
            awaitUninterruptibly(entered);
            return new Blocked(release, System.nanoTime());
        }

        private static void awaitUninterruptibly(CountDownLatch latch) {
            try {
                assertThat(latch.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        long nanos() {
            return System.nanoTime() - sinceNanos;
        }

        @Override
        public void close() {
            release.countDown();
        }
    }
}
