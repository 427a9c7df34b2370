package io.fastsocket.perf.compare;

import java.util.List;

/**
 * What all {@code wrk} processes of one measurement say together.
 *
 * @param requestsPerSecond the sum of their rates, each over its own time
 * @param requests responses of any status
 * @param socketErrors connections, reads and writes that failed, and time-outs
 * @param statusErrors responses that were neither 2xx nor 3xx
 */
public record LoadResult(double requestsPerSecond, long requests, long socketErrors, long statusErrors) {
    static LoadResult sumOf(List<WrkReport> reports) {
        double requestsPerSecond = 0;
        long requests = 0;
        long socketErrors = 0;
        long statusErrors = 0;
        for (WrkReport report : reports) {
            requestsPerSecond += report.requests() / report.seconds();
            requests += report.requests();
            socketErrors += report.connectErrors() + report.readErrors() + report.writeErrors() + report.timeouts();
            statusErrors += report.statusErrors();
        }
        return new LoadResult(requestsPerSecond, requests, socketErrors, statusErrors);
    }
}
