package io.fastsocket.transport;

import io.fastsocket.transport.engine.PinnedLoop;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The loops of a group that ended although nobody shut the group down, and why: of an Error in the loop itself, or because
 * somebody shut that one loop down. Says so in the log, once for each. Safe for use by any thread.
 */
final class LoopDeaths {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(FastSocketEventLoopGroup.class);

    private static final String BY_SHUTDOWN = "somebody shut this loop alone down";
    /** Of io_uring with transfers outstanding. */
    private static final String ENDLESS = "its thread hangs on its way out; the log has the cause";
    /** Longer than the quiet period and the timeout that Netty gives a loop by default. */
    private static final long END_NANOS = 20_000_000_000L;

    private final List<PinnedLoop> loops;
    private final BooleanSupplier groupShutsDown;
    /** By loop index; null while it lives. */
    private final AtomicReferenceArray<@Nullable String> causes;
    /** By loop index; 0 while nobody has seen it end. */
    private final AtomicLongArray endingSinceNanos;

    LoopDeaths(List<PinnedLoop> loops, BooleanSupplier groupShutsDown) {
        this.loops = loops;
        this.groupShutsDown = groupShutsDown;
        this.causes = new AtomicReferenceArray<>(loops.size());
        this.endingSinceNanos = new AtomicLongArray(loops.size());
    }

    /** Called when a loop's thread has nothing more to do. */
    void loopEnded(PinnedLoop loop, @Nullable Throwable cause) {
        if (!groupShutsDown.getAsBoolean()) {
            died(loop, cause == null ? BY_SHUTDOWN : cause.toString());
        }
    }

    private void died(PinnedLoop loop, String cause) {
        if (causes.compareAndSet(loop.index(), null, cause)) {
            logger.error(
                    "Event loop {} ({}) of {} has died: {}; its connections hang, and so do those that its listener gets;"
                            + " fix: restart the process",
                    loop.index(),
                    loop.cpu() == PinnedLoop.UNPINNED ? "not pinned" : "CPU " + loop.cpu(),
                    loops.size(),
                    cause);
        }
    }

    /** Why a loop died, or empty while it lives and when it ended with its group. */
    Optional<String> causeOf(int loopIndex) {
        String cause = causes.get(loopIndex);
        if (cause == null
                && !groupShutsDown.getAsBoolean()
                && loops.get(loopIndex).eventLoop().isShuttingDown()) {
            // On its way out; the cause is told when it is gone.
            long now = System.nanoTime();
            if (!endingSinceNanos.compareAndSet(loopIndex, 0, now)
                    && now - endingSinceNanos.get(loopIndex) > END_NANOS
                    && !loops.get(loopIndex).eventLoop().isTerminated()) {
                died(loops.get(loopIndex), ENDLESS);
            }
            return Optional.of("it ends");
        }
        return Optional.ofNullable(cause);
    }
}
