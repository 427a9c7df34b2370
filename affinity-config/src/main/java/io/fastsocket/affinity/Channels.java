package io.fastsocket.affinity;

/** How many queues a card has and may have ({@code ethtool -l}); a combined channel is one receive and one transmit queue. */
public record Channels(int rx, int tx, int other, int combined, int rxMax, int txMax, int otherMax, int combinedMax) {
    /** How many receive queues there may be. */
    public int rxQueuesMax() {
        return Math.max(combinedMax, rxMax);
    }
}
