package io.fastsocket.transport.metrics;

import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.affinity.LoopPlacement;
import io.fastsocket.affinity.PinnedThreadFactory;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import io.fastsocket.transport.LoopStats;
import io.fastsocket.transport.LoopWatch;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The meters of one event loop group: {@link FastSocketMeter} lists them.
 *
 * <pre>{@code
 * try (var metrics = new FastSocketMetrics(group)) {
 *     metrics.bindTo(registry);
 *     ...
 * }
 * }</pre>
 *
 * <p>The loops count for themselves, whether somebody reads or not; nothing here is called by them. A registry that throws
 * or is slow keeps nobody waiting but the thread that binds, reads or closes. {@link #close} takes the meters away; so does the end of the
 * group, but not the death of its last loop, which they tell of. Where several groups have meters in one registry, give each a tag of its own, the same key in all.
 *
 * <p>Safe for use by any thread but an event loop.
 */
public final class FastSocketMetrics implements MeterBinder, AutoCloseable {
    /** The thread that follows binds and closes of server channels ends when there was none for so long. */
    private static final long IDLE_SECONDS = 10;

    private final FastSocketEventLoopGroup group;
    private final Tags tags;
    private final LoopWatch loopWatch;
    private final AutoCloseable listenersChanged;
    private final List<GroupMeters> bound = new CopyOnWriteArrayList<>();
    private final GenericFutureListener<Future<Object>> groupEnded;
    private final ThreadPoolExecutor background;
    private volatile boolean closed;

    /** Meters without tags of the user's. */
    public FastSocketMetrics(FastSocketEventLoopGroup group) {
        this(group, Tags.empty());
    }

    /** @param tags added to every meter */
    public FastSocketMetrics(FastSocketEventLoopGroup group, Iterable<Tag> tags) {
        this.group = group;
        this.tags = Tags.of(tags);
        this.loopWatch = new LoopWatch(group);
        this.background = newBackground();
        this.listenersChanged = group.onListenersChanged(this::listenersChanged);
        this.groupEnded = ended -> {
            // A group whose loops have all died was not shut down, and is to be seen.
            if (!group.loopStats().stream().allMatch(LoopStats::dead)) {
                background.execute(this::close);
            }
        };
        group.terminationFuture().addListener(groupEnded);
    }

    private static ThreadPoolExecutor newBackground() {
        // A loop may be the one that starts it: it must not inherit the CPU that the loop is pinned to.
        PinnedThreadFactory anyCpu = new PinnedThreadFactory(
                "fastsocket-meters",
                true,
                LoopPlacement.UNPINNED,
                CpuTopology.read().allowed(),
                placed -> {});
        ThreadPoolExecutor background = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                anyCpu,
                // After the close nothing is left to do, whoever tells of what.
                new ThreadPoolExecutor.DiscardPolicy());
        background.allowCoreThreadTimeOut(true);
        return background;
    }

    /** What measures the lag and the CPU time of the loops. */
    public LoopWatch loopWatch() {
        return loopWatch;
    }

    /**
     * Registers all meters. One that the registry refuses is left out, with one WARN for all of them.
     *
     * @throws IllegalStateException if the registry has these meters already, of another group or of this one, or this is closed
     */
    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        if (closed) {
            throw new IllegalStateException("bind failed on meters of an event loop group: they are closed"
                    + " (expected open ones); fix: make another FastSocketMetrics");
        }
        GroupMeters meters = new GroupMeters(group, loopWatch, tags, registry);
        meters.register();
        // From here on told of changes; what is bound already is looked at here.
        bound.add(meters);
        meters.updateListeners();
    }

    private void listenersChanged() {
        background.execute(() -> {
            if (!closed) {
                bound.forEach(GroupMeters::updateListeners);
            }
        });
    }

    /** Takes all meters out of their registries. */
    @Override
    public synchronized void close() {
        closed = true;
        loopWatch.close();
        group.terminationFuture().removeListener(groupEnded);
        try {
            listenersChanged.close();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
        bound.forEach(GroupMeters::remove);
        bound.clear();
        background.shutdown();
    }
}
