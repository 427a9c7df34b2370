package io.fastsocket.transport.connect;

/** How often predictions failed of late: a mean in which an outcome counts for about 32 outcomes. Not thread safe. */
final class MissRate {
    /** Above this the world has changed. Stray packets stay far below; a changed map of two CPUs misses half the time. */
    static final double CHANGED = 0.3;

    private static final double WEIGHT = 1.0 / 32;

    private double rate;

    void record(boolean missed) {
        rate += ((missed ? 1 : 0) - rate) * WEIGHT;
    }

    boolean saysChanged() {
        return rate > CHANGED;
    }

    void reset() {
        rate = 0;
    }
}
