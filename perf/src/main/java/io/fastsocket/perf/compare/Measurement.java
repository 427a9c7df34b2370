package io.fastsocket.perf.compare;

import io.fastsocket.perf.server.ProcessUsage;
import io.fastsocket.perf.server.ServerKind;

/**
 * One server under one load once.
 *
 * @param round the round it belongs to, from 1
 * @param usage what the server's process used from the start of the load to its end
 */
public record Measurement(int round, Work work, ServerKind server, LoadResult load, ProcessUsage usage) {
    /** CPU time of the server process for each response, microseconds. */
    public double cpuMicrosPerRequest() {
        return (double) usage.cpuMicros() / load.requests();
    }

    /** Context switches of the server's threads for each response. */
    public double contextSwitchesPerRequest() {
        return (double) usage.contextSwitches() / load.requests();
    }
}
