package io.fastsocket.perf.compare;

import io.fastsocket.perf.load.LoadBounds;
import io.fastsocket.perf.load.LoadPlan;
import io.fastsocket.perf.load.LoadReport;
import io.fastsocket.perf.server.ServerKind;
import io.fastsocket.perf.server.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/**
 * A server that many connections come to at once, one request on each.
 *
 * @param connections how many
 * @param answered of these, those whose request was answered
 * @param failed the others
 * @param slowConnects connections that took 0.9 s or longer: a SYN was lost and sent again
 * @param seconds until the last answer
 */
public record Storm(ServerKind server, int connections, long answered, long failed, long slowConnects, double seconds) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** @param load keeps as many connections busy as are to come at once */
    static Storm on(ServerKind kind, ServerProcess server, GeneratorLoad load, int connections)
            throws IOException, InterruptedException {
        LoadBounds bounds = LoadBounds.of(TIMEOUT).withRequestsMax(connections).withTimeout(TIMEOUT);
        LoadReport report = load.atRate(server.address(), Work.NEW, LoadPlan.CLOSED_LOOP, bounds);
        server.requireAlive();
        return new Storm(
                kind, connections, report.answered(), report.failed(), report.slowConnects(), report.seconds());
    }

    /** The one that took longer than half of them. */
    static Storm median(List<Storm> storms) {
        return storms.stream()
                .sorted(Comparator.comparingDouble(Storm::seconds))
                .toList()
                .get(storms.size() / 2);
    }
}
