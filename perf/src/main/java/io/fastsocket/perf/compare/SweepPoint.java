package io.fastsocket.perf.compare;

import io.fastsocket.perf.server.ServerKind;

/**
 * A server's figures at one number of connections and of loops.
 *
 * @param connections connections kept busy
 * @param loops event loops, threads or workers of the server
 */
public record SweepPoint(
        Work work,
        ServerKind server,
        int connections,
        int loops,
        double requestsPerSecond,
        double cpuMicrosPerRequest) {}
