package io.fastsocket.examples.upstream;

import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.IOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Says which upstream gets the next piece of work of one event loop: of two taken at random, the one this loop has less
 * outstanding work with. Needs no word between loops and never sends everybody to the one that looks best.
 *
 * <p>Passive health: an upstream whose connect failed is avoided, for {@link #AVOID_NANOS_FIRST} at first and twice as
 * long after each further failure, to {@link #AVOID_NANOS_MAX}. After that one piece of work tries it while the others
 * go on avoiding it. A connect ends that, and an answer on a connection that was there. When all are avoided, all are chosen
 * from: a guess is better than a refusal.
 *
 * <p>The same befalls an upstream that accepts connections and then fails or answers with errors too often in a row, as
 * {@link EjectionSettings} say. A connect does not end that, an answer does, and only one to work that began since.
 *
 * <p>One instance per event loop, used on that loop alone.
 */
public final class UpstreamBalancer {
    /** How long an upstream is avoided after a first failed connect: 1 s. */
    public static final long AVOID_NANOS_FIRST = SECONDS.toNanos(1);

    /** The longest time an upstream is avoided for: 32 s. */
    public static final long AVOID_NANOS_MAX = SECONDS.toNanos(32);

    /** More than this many failures in a row are the same as this many. */
    private static final int FAILURES_MAX = 10;

    private final List<State> states;
    private final Map<Upstream, State> byUpstream = new HashMap<>();
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final EjectionSettings ejection;

    /** Used by one choice at a time, so that a choice makes no garbage. */
    private final List<State> candidates;

    /** One that knows of connects alone. */
    public UpstreamBalancer(Collection<Upstream> upstreams, LongSupplier nanoClock, RandomGenerator random) {
        this(upstreams, nanoClock, random, EjectionSettings.NEVER);
    }

    /**
     * @param upstreams at least one, each once
     * @param nanoClock {@code System::nanoTime}, or a clock of the same kind
     * @param random draws the two
     * @param ejection when {@link #failed} and {@link #answered} leave an upstream out
     * @throws IllegalArgumentException if there is no upstream, or one twice
     */
    public UpstreamBalancer(
            Collection<Upstream> upstreams, LongSupplier nanoClock, RandomGenerator random, EjectionSettings ejection) {
        if (upstreams.isEmpty()) {
            throw new IllegalArgumentException(
                    "cannot balance: upstreams=[] (expected at least one): there is nowhere to send work;"
                            + " fix: name an upstream");
        }
        this.states = upstreams.stream().map(State::new).toList();
        this.candidates = new ArrayList<>(states.size());
        this.nanoClock = nanoClock;
        this.random = random;
        this.ejection = ejection;
        for (State state : states) {
            if (byUpstream.put(state.upstream, state) != null) {
                throw new IllegalArgumentException("cannot balance: upstreams=" + upstreams + " (expected each once): "
                        + state.upstream + " is there twice; fix: name it once");
            }
        }
    }

    /** The upstream for the next piece of work. Chooses only: say {@link #begun} when the work begins. */
    public Upstream choose() {
        return choose(Set.of()).orElseThrow();
    }

    /** The same among those that were not tried yet for this piece of work; empty if all were. */
    public Optional<Upstream> choose(Set<Upstream> tried) {
        long now = nanoClock.getAsLong();
        collect(tried, now, false);
        if (candidates.isEmpty()) {
            collect(tried, now, true);
        }
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        State chosen = lessBusyOfTwo();
        if (chosen.failures > 0 && !chosen.avoided(now)) {
            chosen.trial = true;
            chosen.avoidUntilNanos = now + AVOID_NANOS_FIRST;
        }
        return Optional.of(chosen.upstream);
    }

    private void collect(Set<Upstream> tried, long now, boolean avoidedToo) {
        candidates.clear();
        for (State state : states) {
            if ((avoidedToo || !state.avoided(now)) && !tried.contains(state.upstream)) {
                candidates.add(state);
            }
        }
    }

    private State lessBusyOfTwo() {
        int size = candidates.size();
        int first = random.nextInt(size);
        if (size == 1) {
            return candidates.get(first);
        }
        int second = random.nextInt(size - 1);
        State one = candidates.get(first);
        State other = candidates.get(second < first ? second : second + 1);
        return other.outstanding < one.outstanding ? other : one;
    }

    /**
     * Work with the upstream begins; {@link #ended} ends it, however it ends.
     *
     * @return when, by the balancer's clock
     */
    public long begun(Upstream upstream) {
        state(upstream).outstanding++;
        return nanoClock.getAsLong();
    }

    /**
     * Work with the upstream has ended.
     *
     * @throws IllegalStateException if none had begun
     */
    public void ended(Upstream upstream) {
        State state = state(upstream);
        if (state.outstanding == 0) {
            throw new IllegalStateException("cannot end work with " + upstream
                    + ": outstanding=0 (expected at least 1): it was ended twice, or never begun;"
                    + " fix: one ended for each begun");
        }
        state.outstanding--;
    }

    /**
     * A connect to the upstream failed. Failures of connects that were under way together count as one; one of this machine's, which
     * may be out of descriptors or ports, says nothing of the upstream.
     */
    public void connectFailed(Upstream upstream, @Nullable Throwable cause) {
        if (!(cause instanceof IOException) || cause instanceof BindException) {
            return;
        }
        State state = state(upstream);
        long now = nanoClock.getAsLong();
        if (!state.avoided(now) || state.trial) {
            state.avoidLonger(now);
        }
    }

    /** A connect to the upstream succeeded: failed connects before it are forgotten. */
    public void connectSucceeded(Upstream upstream) {
        State state = state(upstream);
        if (!state.ejected) {
            state.takeBack();
        }
    }

    /**
     * The upstream ended or broke off work that began then, or did not answer it in time.
     *
     * @param begunNanos what {@link #begun} answered
     */
    public void failed(Upstream upstream, long begunNanos) {
        State state = state(upstream);
        if (state.isNews(begunNanos)) {
            state.failuresInARow++;
            ejectIf(state, ejection.failuresMax() > 0 && state.failuresInARow >= ejection.failuresMax());
        }
    }

    /**
     * The upstream answered work that began then, to the end of the answer.
     *
     * @param begunNanos what {@link #begun} answered
     * @param error the answer says that the upstream failed: 5xx
     */
    public void answered(Upstream upstream, long begunNanos, boolean error) {
        State state = state(upstream);
        if (!state.isNews(begunNanos)) {
            return;
        }
        state.failuresInARow = 0;
        if (!error) {
            state.forgive(begunNanos);
            return;
        }
        state.errorsInARow++;
        boolean tooMany = ejection.errorsMax() > 0 && state.errorsInARow >= ejection.errorsMax();
        // Errors may be a fault of the requests: half of the upstreams stay, whatever clients ask for.
        ejectIf(state, tooMany && (state.ejected || 2 * (ejectedCount() + 1) <= states.size()));
    }

    /** What is ejected already is so again by its trial, and by nothing that was tried for want of others. */
    private void ejectIf(State state, boolean tooMany) {
        long now = nanoClock.getAsLong();
        if (state.ejected ? state.trial || !state.avoided(now) : tooMany) {
            state.ejected = true;
            state.avoidLonger(now);
        }
    }

    private int ejectedCount() {
        int count = 0;
        for (State state : states) {
            count += state.ejected ? 1 : 0;
        }
        return count;
    }

    /** Pieces of work this loop has begun with the upstream and not ended. */
    public int outstanding(Upstream upstream) {
        return state(upstream).outstanding;
    }

    /** Whether the upstream is left out as long as there are others. */
    public boolean isAvoided(Upstream upstream) {
        return state(upstream).avoided(nanoClock.getAsLong());
    }

    private State state(Upstream upstream) {
        @Nullable State state = byUpstream.get(upstream);
        if (state == null) {
            throw new IllegalArgumentException("cannot count work: upstream=" + upstream + " (expected one of "
                    + byUpstream.keySet() + "): it is not among those of this balancer; fix: ask choose() for one");
        }
        return state;
    }

    private static final class State {
        private final Upstream upstream;
        private int outstanding;
        private int failures;
        private long failedAtNanos;
        private long avoidUntilNanos;

        /** One piece of work tries this upstream after its time was over, and has no result yet. */
        private boolean trial;

        /** Avoided for what it did with connections, and not for refusing them. */
        private boolean ejected;

        private int failuresInARow;
        private int errorsInARow;

        State(Upstream upstream) {
            this.upstream = upstream;
        }

        boolean avoided(long now) {
            return failures > 0 && avoidUntilNanos - now > 0;
        }

        void avoidLonger(long now) {
            trial = false;
            failedAtNanos = now;
            failures = Math.min(failures + 1, FAILURES_MAX);
            avoidUntilNanos = now + Math.min(AVOID_NANOS_FIRST << (failures - 1), AVOID_NANOS_MAX);
        }

        /** Whether work that began then can say more than what the upstream is ejected for. */
        boolean isNews(long begunNanos) {
            return !ejected || beganSinceFailure(begunNanos);
        }

        private boolean beganSinceFailure(long begunNanos) {
            return begunNanos - failedAtNanos >= 0;
        }

        void forgive(long begunNanos) {
            errorsInARow = 0;
            if (failures > 0 && beganSinceFailure(begunNanos)) {
                takeBack();
            }
        }

        void takeBack() {
            ejected = false;
            failures = 0;
            trial = false;
        }
    }
}
