package io.fastsocket.affinity;

/**
 * How long a card waits for more before it interrupts ({@code ethtool -c}).
 *
 * @param rxMicros the most it waits after a packet came in
 * @param rxFramesMax the most packets it waits for; 0: no such limit
 * @param txMicros the most it waits after a packet went out
 * @param txFramesMax the most packets it waits for; 0: no such limit
 * @param adaptiveRx whether the driver chooses the receive values by itself
 * @param adaptiveTx whether the driver chooses the transmit values by itself
 */
public record Coalescing(
        int rxMicros, int rxFramesMax, int txMicros, int txFramesMax, boolean adaptiveRx, boolean adaptiveTx) {}
