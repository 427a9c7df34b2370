package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.CpuOwners;
import io.fastsocket.transport.engine.Crossings;
import io.fastsocket.transport.engine.EventCounters;
import io.fastsocket.transport.engine.PinnedLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * What happened on the way in, by the loop whose listener it happened on. A connection is counted when it is registered, by
 * where it lives then: mostly that is the loop that accepted it, which then writes counters of its own. Any thread may read.
 */
final class AcceptCounts {
    /** Stands for a loop that is none of the group's. */
    private static final int ELSEWHERE = -2;

    private final List<EventCounters<AcceptEvent>> own = new ArrayList<>();
    /** By loop: what other threads counted for it, of connections that live with them. */
    private final List<AtomicLongArray> byOthers = new ArrayList<>();

    private final Crossings crossings;

    AcceptCounts(int loops) {
        for (int i = 0; i < loops; i++) {
            own.add(new EventCounters<>(AcceptEvent.class));
            byOthers.add(new AtomicLongArray(AcceptEvent.values().length));
        }
        crossings = new Crossings(loops);
    }

    /** Of one loop, which alone may count with them. */
    EventCounters<AcceptEvent> of(PinnedLoop loop) {
        return own.get(loop.index());
    }

    long get(int loopIndex, AcceptEvent event) {
        return own.get(loopIndex).get(event) + byOthers.get(loopIndex).get(event.ordinal());
    }

    long crossings(int arrivedAt, int loop) {
        return crossings.get(arrivedAt, loop);
    }

    /** A connection's packets arrive at another loop than the one that accepts it. Called by the latter. */
    void arrivedElsewhere(int arrivesAt, PinnedLoop acceptedOn) {
        crossings.count(arrivesAt, acceptedOn.index());
    }

    /**
     * A connection was registered. Called by the thread of the loop it lives on.
     *
     * @param acceptedOn whose listener took it; null for one that is not ours: then the loop it lives on counts it as its own
     * @param arrivesAt the index of the loop that receives its packets, or {@link CpuOwners#NO_LOOP}
     * @param livesOn null for a loop that is none of the group's
     */
    void registered(@Nullable PinnedLoop acceptedOn, int arrivesAt, @Nullable PinnedLoop livesOn) {
        PinnedLoop counted = acceptedOn == null ? livesOn : acceptedOn;
        if (counted == null) {
            return;
        }
        int home = livesOn == null ? ELSEWHERE : livesOn.index();
        count(counted, home, AcceptEvent.ACCEPTED);
        if (arrivesAt == CpuOwners.NO_LOOP) {
            count(counted, home, AcceptEvent.ACCEPTED_UNKNOWN);
        } else if (arrivesAt == home && counted.index() == home) {
            count(counted, home, AcceptEvent.ACCEPTED_LOCAL);
        } else {
            count(counted, home, AcceptEvent.ACCEPTED_REMOTE);
            if (arrivesAt == home) {
                count(counted, home, AcceptEvent.HANDED_OVER);
            } else if (livesOn != null && arrivesAt == counted.index()) {
                // It was where it belongs when it was accepted, and was taken away.
                crossings.count(arrivesAt, home);
            }
        }
    }

    private void count(PinnedLoop counted, int home, AcceptEvent event) {
        if (counted.index() == home) {
            own.get(home).increment(event);
        } else {
            byOthers.get(counted.index()).getAndIncrement(event.ordinal());
        }
    }
}
