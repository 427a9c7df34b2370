package io.fastsocket.perf.load;

import java.util.List;

/**
 * What every request is.
 *
 * @param targets connections take them in turn
 * @param newConnections a connection per request, which the server closes; else connections stay as long as the server lets them
 * @param pipelineDepth requests that may be under way on a connection at a time; 1 with {@code newConnections}
 * @param fields further header fields, each {@code Name: value}
 * @param tlsResumption whether TLS handshakes may resume an earlier session
 */
public record LoadWork(
        List<Target> targets, boolean newConnections, int pipelineDepth, List<String> fields, boolean tlsResumption) {
    /** Servers and proxies take no more; a deeper one measures their queues. */
    public static final int PIPELINE_DEPTH_MAX = 1024;

    public LoadWork {
        targets = List.copyOf(targets);
        fields = List.copyOf(fields);
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("load without a target (expected at least one URL)");
        }
        int depthMax = newConnections ? 1 : PIPELINE_DEPTH_MAX;
        if (pipelineDepth < 1 || pipelineDepth > depthMax) {
            throw new IllegalArgumentException("load: pipelineDepth=" + pipelineDepth + " (expected 1.." + depthMax
                    + (newConnections ? " with a new connection for each request)" : ")"));
        }
        for (String field : fields) {
            if (field.indexOf(':') < 1 || field.chars().anyMatch(c -> c < ' ' || c > '~')) {
                throw new IllegalArgumentException(
                        "load: field=\"" + field + "\" (expected \"Name: value\" in printable ASCII)");
            }
        }
    }

    /** Requests on connections that stay, one at a time, to one target. */
    public static LoadWork keepAlive(Target target) {
        return new LoadWork(List.of(target), false, 1, List.of(), true);
    }

    /** Each request on a connection of its own, to one target. */
    public static LoadWork newConnections(Target target) {
        return new LoadWork(List.of(target), true, 1, List.of(), true);
    }
}
