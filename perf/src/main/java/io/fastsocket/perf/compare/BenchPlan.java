package io.fastsocket.perf.compare;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.perf.server.ServerHost;
import io.fastsocket.perf.server.ServerKind;
import java.util.List;

/**
 * What a comparison goes over.
 *
 * @param servers the servers, each once
 * @param required whether one that is not installed ends the comparison; else it is left out
 * @param works kinds of work, each once; a server takes part in those that suit it
 * @param extras what is looked at beside rates
 * @param host where the servers listen
 * @param connections connections kept busy, at least one for each CPU of the load
 * @param loops event loops, threads or workers of each server, at least 1
 * @param loadCpus CPUs that the load is pinned to; empty for those that the scheduler picks
 * @param stormConnections connections that come at once
 * @param idleConnections connections that are kept and do nothing, as far as the limit of open files allows
 */
public record BenchPlan(
        List<ServerKind> servers,
        boolean required,
        List<Work> works,
        List<Extra> extras,
        ServerHost host,
        Schedule schedule,
        int connections,
        int loops,
        CpuSet loadCpus,
        int stormConnections,
        int idleConnections) {
    public BenchPlan {
        int connectionsMin = WrkLoad.connectionsMin(loadCpus);
        if (connections < connectionsMin || stormConnections < connectionsMin || idleConnections < 1) {
            throw new IllegalArgumentException("cannot spread the load: connections=" + connections + ", storm="
                    + stormConnections + ", idle=" + idleConnections + " (expected at least " + connectionsMin
                    + ", one for each CPU of the load)");
        }
        servers = List.copyOf(servers);
        works = List.copyOf(works);
        extras = List.copyOf(extras);
    }
}
