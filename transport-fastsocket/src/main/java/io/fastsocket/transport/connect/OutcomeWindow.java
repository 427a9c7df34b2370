package io.fastsocket.transport.connect;

/** How the last 64 verified connections of one loop in one mode ended. Used by that loop alone. */
final class OutcomeWindow {
    static final int SIZE = Long.SIZE;

    private static final long RECENT = 0xffff;
    /** Of the last 16: by chance it is more in two queues already, and one packet that strayed is no reason. */
    private static final int RECENT_MISSES = 4;

    private static final int STRAYS_MAX = 2;

    private long misses;
    private int count;

    void record(boolean hit) {
        misses = misses << 1 | (hit ? 0 : 1);
        count = Math.min(SIZE, count + 1);
    }

    /** Whether so many of the last 16 missed that something must have changed. */
    boolean looksWrong() {
        return Long.bitCount(misses & RECENT) >= RECENT_MISSES;
    }

    /** Whether all but two strays of a whole window were right. */
    boolean isRight() {
        return count == SIZE && Long.bitCount(misses) <= STRAYS_MAX;
    }

    private int hits() {
        return count - Long.bitCount(misses);
    }

    /** Whether a mode that promises this share of hits has not kept it for a whole window. */
    boolean isBelow(int hitsWanted) {
        return count == SIZE && hits() < hitsWanted;
    }

    void clear() {
        misses = 0;
        count = 0;
    }

    @Override
    public String toString() {
        return hits() + " of the last " + count;
    }
}
