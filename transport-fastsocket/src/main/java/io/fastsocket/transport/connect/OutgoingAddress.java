package io.fastsocket.transport.connect;

import io.fastsocket.affinity.RssMap;
import io.fastsocket.affinity.system.Answer;
import io.fastsocket.transport.engine.StepDownCause;
import io.fastsocket.transport.engine.StepsDown;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a group knows of one of its local addresses, shared by all loops: the ports and who uses them, the card's map, what was
 * learned, and the mode in force. Goes down a mode when its connections come back elsewhere, and up again when it would be right.
 */
final class OutgoingAddress {
    /** The card is not asked more often: a driver may take milliseconds. */
    private static final Duration READ_AGAIN_AFTER = Duration.ofMillis(200);
    /** While its map is not used, a look whether it would be right now costs little. */
    private static final Duration READ_IDLE_AGAIN_AFTER = Duration.ofSeconds(5);
    /** After this time a mode that cannot be judged without its use is tried once more. */
    private static final Duration TRY_AGAIN_AFTER = Duration.ofSeconds(60);
    /** Of {@link OutcomeWindow#SIZE} connections: nine of ten for modes that claim to know, half for one that guesses too. */
    private static final int HITS_WANTED = 58;

    private static final int LEARNED_HITS_WANTED = 32;

    private static final InternalLogger logger = InternalLoggerFactory.getInstance(OutgoingAddress.class);

    private final InetAddress address;
    private final @Nullable Supplier<Answer<RssMap>> card;
    private final Executor background;
    private final LongSupplier nanoTime;
    private final StepsDown stepsDown;
    private final LocalPorts ports;
    private final PortLeases leases;
    private final @Nullable LearnedPorts learned;
    private final @Nullable PortBitsRange portBits;
    private final AtomicBoolean reading = new AtomicBoolean();

    private volatile long readAtNanos;
    private volatile Mode mode;

    /**
     * The mode in force. A new one is published whenever something about it changes, so that loops see that they must begin anew.
     *
     * @param version a number of its own
     * @param computed the card's map; also there while a lower mode is in force and the card can be read
     * @param confirmed the card was read again after misses, and says the same
     * @param whyNotMore why a better mode is not in force
     * @param sinceNanos when it came into force
     */
    record Mode(
            int version,
            FlowMode flow,
            @Nullable ComputedPorts computed,
            boolean confirmed,
            Optional<String> whyNotMore,
            long sinceNanos) {}

    /**
     * @param ports those that the system lets connections use
     * @param portBits the range that a program delivers by, or null
     * @param card reads the card's map, which may take it milliseconds; null when ports are not to be computed
     * @param background where the card is read again
     * @param stepsDown counts the modes that could not be had or kept
     */
    OutgoingAddress(
            InetAddress address,
            LocalPorts ports,
            PortLeases leases,
            @Nullable PortBitsRange portBits,
            @Nullable Supplier<Answer<RssMap>> card,
            Executor background,
            LongSupplier nanoTime,
            StepsDown stepsDown) {
        this.address = address;
        this.ports = ports;
        this.leases = leases;
        this.portBits = portBits;
        this.card = card;
        this.background = background;
        this.nanoTime = nanoTime;
        this.stepsDown = stepsDown;
        this.learned = ports.count() == 0 ? null : new LearnedPorts(ports.toArray(), new SplittableRandom());
        this.mode = firstMode();
        logger.info("Source ports of {}: {}", address.getHostAddress(), this);
    }

    private Mode firstMode() {
        if (portBits != null) {
            return first(FlowMode.PORT_BITS, null, Optional.empty());
        }
        if (card == null) {
            return first(below(FlowMode.COMPUTED), null, Optional.empty());
        }
        Answer<ComputedPorts> computed = readCard(card);
        if (computed instanceof Answer.Known<ComputedPorts> known) {
            return first(FlowMode.COMPUTED, known.value(), Optional.empty());
        }
        stepsDown.count(StepDownCause.UNREADABLE);
        return first(below(FlowMode.COMPUTED), null, whyNotComputed(computed));
    }

    private Mode first(FlowMode flow, @Nullable ComputedPorts computed, Optional<String> whyNotMore) {
        return new Mode(0, flow, computed, false, whyNotMore, nanoTime.getAsLong());
    }

    private Answer<ComputedPorts> readCard(Supplier<Answer<RssMap>> card) {
        readAtNanos = nanoTime.getAsLong();
        if (ports.count() == 0) {
            return Answer.unsupported("no usable port: " + ports);
        }
        try {
            return card.get().map(map -> ComputedPorts.of(map, address, ports));
        } catch (IllegalArgumentException unreadable) {
            return Answer.failed(String.valueOf(unreadable.getMessage()));
        }
    }

    private static Optional<String> whyNotComputed(Answer<ComputedPorts> answer) {
        return answer.whyNot().map(reason -> FlowMode.COMPUTED.label() + ": " + reason);
    }

    private FlowMode below(FlowMode flow) {
        return flow.compareTo(FlowMode.LEARNED) < 0 && learned != null ? FlowMode.LEARNED : FlowMode.ANY;
    }

    InetAddress address() {
        return address;
    }

    LocalPorts ports() {
        return ports;
    }

    PortLeases leases() {
        return leases;
    }

    @Nullable
    LearnedPorts learned() {
        return learned;
    }

    @Nullable
    PortBitsRange portBits() {
        return portBits;
    }

    Mode mode() {
        return mode;
    }

    /** What comes into force when nothing stands in its way. */
    FlowMode bestMode() {
        if (portBits != null) {
            return FlowMode.PORT_BITS;
        }
        return card == null ? below(FlowMode.COMPUTED) : FlowMode.COMPUTED;
    }

    // ---- what loops find out

    /** A loop's last connections in a mode look wrong; called again and again as long as they do. */
    void looksWrong(Mode seen, OutcomeWindow window) {
        if (seen.version() != mode.version()) {
            return;
        }
        boolean readable = seen.flow() == FlowMode.COMPUTED;
        if (readable) {
            readAgain(seen.confirmed() ? READ_IDLE_AGAIN_AFTER : READ_AGAIN_AFTER);
        }
        if ((!readable || seen.confirmed())
                && window.isBelow(seen.flow() == FlowMode.LEARNED ? LEARNED_HITS_WANTED : HITS_WANTED)) {
            stepDown(seen, window);
        }
    }

    private synchronized void stepDown(Mode seen, OutcomeWindow window) {
        if (seen.version() != mode.version()) {
            return;
        }
        FlowMode lower = below(seen.flow());
        String why = seen.flow().label() + ": the CPU was right for " + window + " connections";
        stepsDown.count(StepDownCause.MISSES);
        become(lower, seen.computed(), true, Optional.of(why), nanoTime.getAsLong());
    }

    /** While a mode below the computed one is in force: the card's map would have been right for a loop's last connections. */
    synchronized void wouldBeRight(Mode seen) {
        if (seen.version() == mode.version() && seen.computed() != null) {
            become(FlowMode.COMPUTED, seen.computed(), false, Optional.empty(), nanoTime.getAsLong());
        }
    }

    /** From time to time, while a better mode may have become possible. */
    void considerMore(Mode seen) {
        boolean waited = nanoTime.getAsLong() - seen.sinceNanos() >= TRY_AGAIN_AFTER.toNanos();
        if (waited && portBits != null) {
            tryAgain(seen, FlowMode.PORT_BITS);
        } else if (waited && seen.flow() == FlowMode.ANY && learned != null) {
            tryAgain(seen, FlowMode.LEARNED);
        }
        readAgain(READ_IDLE_AGAIN_AFTER);
    }

    private synchronized void tryAgain(Mode seen, FlowMode flow) {
        if (seen.version() == mode.version()) {
            become(flow, seen.computed(), true, seen.whyNotMore(), nanoTime.getAsLong());
        }
    }

    private void readAgain(Duration notBefore) {
        Supplier<Answer<RssMap>> again = card;
        if (again == null
                || nanoTime.getAsLong() - readAtNanos < notBefore.toNanos()
                || !reading.compareAndSet(false, true)) {
            return;
        }
        background.execute(() -> {
            try {
                apply(readCard(again));
            } finally {
                reading.set(false);
            }
        });
    }

    private synchronized void apply(Answer<ComputedPorts> answer) {
        Mode now = mode;
        ComputedPorts before = now.computed();
        ComputedPorts found = answer.toOptional().orElse(null);
        boolean same =
                before == null ? found == null : found != null && found.map().isSameAs(before.map());
        if (now.flow() != FlowMode.COMPUTED) {
            if (!same) {
                become(now.flow(), found, false, now.whyNotMore(), now.sinceNanos());
            }
        } else if (same && now.confirmed()) {
            // Nothing new: what loops have counted since counts on.
            return;
        } else if (found == null) {
            stepsDown.count(StepDownCause.UNREADABLE);
            become(below(FlowMode.COMPUTED), null, false, whyNotComputed(answer), nanoTime.getAsLong());
        } else {
            // The same again: what is wrong is not what the card says.
            become(FlowMode.COMPUTED, same ? before : found, same, Optional.empty(), now.sinceNanos());
        }
    }

    private void become(
            FlowMode flow,
            @Nullable ComputedPorts computed,
            boolean confirmed,
            Optional<String> whyNotMore,
            long sinceNanos) {
        FlowMode before = mode.flow();
        mode = new Mode(mode.version() + 1, flow, computed, confirmed, whyNotMore, sinceNanos);
        if (flow != before) {
            logger.info("Source ports of {}: {} instead of {}", address.getHostAddress(), this, before.label());
        }
    }

    @Override
    public String toString() {
        Mode now = mode;
        String detail =
                switch (now.flow()) {
                    case PORT_BITS -> " (" + portBits + ")";
                    case COMPUTED -> " (" + now.computed() + ")";
                    case LEARNED, ANY ->
                        now.whyNotMore().map(why -> " (" + why + ")").orElse("");
                };
        return now.flow().label() + detail;
    }
}
