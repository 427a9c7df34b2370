package io.fastsocket.examples.fault;

import io.netty.channel.Channel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Connections of one server that were closed early, by side and cause. Says so at DEBUG; of a {@link Fault#DEFECT}, which
 * is for whoever runs the server to know, there is one WARN a minute. Safe for use by any thread.
 */
public final class PeerFaults {
    private static final InternalLogger logger = InternalLoggerFactory.getInstance(PeerFaults.class);
    private static final long WARN_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Map<Side, Map<Fault, LongAdder>> counts = new EnumMap<>(Side.class);
    private final LongSupplier nanoClock;
    private final AtomicLong nextWarnNanos;
    private final AtomicLong unsaid = new AtomicLong();

    /** Nothing so far. */
    public PeerFaults() {
        this(System::nanoTime);
    }

    PeerFaults(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.nextWarnNanos = new AtomicLong(nanoClock.getAsLong());
        for (Side side : Side.values()) {
            Map<Fault, LongAdder> ofSide = new EnumMap<>(Fault.class);
            for (Fault fault : Fault.values()) {
                ofSide.put(fault, new LongAdder());
            }
            counts.put(side, ofSide);
        }
    }

    /** Connections of the side that were closed for this cause so far. */
    public long count(Side side, Fault fault) {
        return adder(side, fault).sum();
    }

    private LongAdder adder(Side side, Fault fault) {
        Map<Fault, LongAdder> ofSide = counts.get(side);
        LongAdder adder = ofSide == null ? null : ofSide.get(fault);
        if (adder == null) {
            throw new IllegalStateException("every side and fault has a count: " + side + ", " + fault);
        }
        return adder;
    }

    void add(Side side, Fault fault, Channel channel, Throwable exception) {
        adder(side, fault).increment();
        if (fault == Fault.DEFECT) {
            warn(side, channel, exception);
        } else {
            logger.debug(
                    "{}: {} connection closed by its peer's fault: {}",
                    channel,
                    side.label(),
                    fault.label(),
                    exception);
        }
    }

    /** A peer that finds a way to cause it must not be able to fill the log. */
    private void warn(Side side, Channel channel, Throwable exception) {
        long now = nanoClock.getAsLong();
        long next = nextWarnNanos.get();
        if (now - next >= 0 && nextWarnNanos.compareAndSet(next, now + WARN_INTERVAL_NANOS)) {
            logger.warn(
                    "{}: {} connection closed after an exception that no handler took, {} more since the last such line;"
                            + " fix: report this",
                    channel,
                    side.label(),
                    unsaid.getAndSet(0),
                    exception);
        } else {
            unsaid.incrementAndGet();
            logger.debug("{}: closed after an exception that no handler took", channel, exception);
        }
    }
}
