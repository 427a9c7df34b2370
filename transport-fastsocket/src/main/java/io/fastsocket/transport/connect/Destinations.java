package io.fastsocket.transport.connect;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The destinations that were met of late, a bounded number of them. One thread at a time adds, any thread looks up without
 * waiting.
 */
final class Destinations {
    /** At most this many destinations are known at a time. */
    static final int DESTINATIONS_MAX = 1_024;

    /** A destination lives in one of these places of its set; the set's least used one gives way. */
    private static final int WAYS = 8;

    private static final int SET_BITS = Integer.numberOfTrailingZeros(DESTINATIONS_MAX / WAYS);

    private final AtomicReferenceArray<@Nullable Destination> places = new AtomicReferenceArray<>(DESTINATIONS_MAX);
    /** Where the search for one to give way, and for ports to drop, goes on. */
    private int hand;

    /** What is known of one destination. */
    static final class Destination {
        /** The shift is not known. */
        static final int NO_SHIFT = -1;

        private final long key;
        private final int place;
        private volatile KnownPorts known = new KnownPorts();
        /** The model's generation in the upper, the shift in the lower 32 bits; generations begin at 1. */
        private volatile long shift;
        /** How often observations confirmed the shift, less how often they did not. The writer's. */
        int shiftScore;
        /** Met since the hand last came by. */
        private volatile boolean used = true;

        Destination(long key, int place) {
            this.key = key;
            this.place = place;
        }

        long key() {
            return key;
        }

        int place() {
            return place;
        }

        KnownPorts known() {
            return known;
        }

        /** What this destination adds to the labels of a generation, or {@link #NO_SHIFT}. */
        int shift(int generation) {
            long now = shift;
            return (int) (now >>> 32) == generation ? (int) now : NO_SHIFT;
        }

        void shift(int generation, int to) {
            shift = ((long) generation << 32) | to;
            shiftScore = 0;
        }

        void use() {
            if (!used) {
                used = true;
            }
        }

        void forgetPorts() {
            known = new KnownPorts();
        }
    }

    @Nullable
    Destination find(long key) {
        int first = setOf(key);
        for (int way = 0; way < WAYS; way++) {
            Destination found = places.get(first + way);
            if (found != null && found.key == key) {
                return found;
            }
        }
        return null;
    }

    Destination findOrAdd(long key) {
        Destination found = find(key);
        if (found != null) {
            found.use();
            return found;
        }
        int place = freePlace(setOf(key));
        Destination added = new Destination(key, place);
        places.set(place, added);
        return added;
    }

    private int freePlace(int first) {
        for (int way = 0; way < WAYS; way++) {
            if (places.get(first + way) == null) {
                return first + way;
            }
        }
        // Twice round at most: the first time takes the marks away.
        for (int step = 0; step < 2 * WAYS; step++) {
            int place = first + (hand++ & (WAYS - 1));
            Destination there = places.get(place);
            if (there == null || !there.used) {
                return place;
            }
            there.used = false;
        }
        return first;
    }

    /** Drops the ports of destinations other than one until no more than {@code portsMax} are known; asks each place once. */
    void dropPorts(Destination but, int portsMax) {
        int ports = ports();
        for (int step = 0; step < DESTINATIONS_MAX && ports > portsMax; step++) {
            Destination there = places.get(hand++ & (DESTINATIONS_MAX - 1));
            if (there != null && there != but) {
                ports -= there.known.size();
                there.forgetPorts();
            }
        }
    }

    void clear() {
        for (int place = 0; place < DESTINATIONS_MAX; place++) {
            places.set(place, null);
        }
    }

    int count() {
        int count = 0;
        for (int place = 0; place < DESTINATIONS_MAX; place++) {
            count += places.get(place) == null ? 0 : 1;
        }
        return count;
    }

    /** How many ports are known for all destinations together. */
    int ports() {
        int ports = 0;
        for (int place = 0; place < DESTINATIONS_MAX; place++) {
            Destination there = places.get(place);
            ports += there == null ? 0 : there.known.size();
        }
        return ports;
    }

    private static int setOf(long key) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> (64 - SET_BITS)) * WAYS;
    }
}
