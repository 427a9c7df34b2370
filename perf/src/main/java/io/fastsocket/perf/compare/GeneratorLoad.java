package io.fastsocket.perf.compare;

import io.fastsocket.perf.load.LoadBounds;
import io.fastsocket.perf.load.LoadError;
import io.fastsocket.perf.load.LoadGenerator;
import io.fastsocket.perf.load.LoadPlan;
import io.fastsocket.perf.load.LoadReport;
import io.fastsocket.perf.load.LoadWork;
import io.fastsocket.perf.load.Target;
import io.fastsocket.perf.server.ServerRole;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** The load by this project's generator, in this process: where {@code wrk} cannot, and at a fixed rate. */
public final class GeneratorLoad implements Load {
    private final LoadGenerator generator;
    private final int connections;

    /** @param connections connections kept busy in all, at least one for each loop of the generator */
    public GeneratorLoad(LoadGenerator generator, int connections) {
        this.generator = generator;
        this.connections = connections;
    }

    @Override
    public LoadResult run(InetSocketAddress server, Work work, int seconds) throws IOException, InterruptedException {
        LoadReport report = atRate(server, work, LoadPlan.CLOSED_LOOP, LoadBounds.of(Duration.ofSeconds(seconds)));
        long statusErrors = report.errors().getOrDefault(LoadError.STATUS, 0L);
        return new LoadResult(
                report.requestsPerSecond(), report.answered(), report.failed() - statusErrors, statusErrors);
    }

    /**
     * Puts a server under load at a rate.
     *
     * @param requestsPerSecond the rate, or {@link LoadPlan#CLOSED_LOOP}
     * @throws IOException if it got no response at all
     */
    LoadReport atRate(InetSocketAddress server, Work work, double requestsPerSecond, LoadBounds bounds)
            throws IOException, InterruptedException {
        String scheme = work.role() == ServerRole.HTTPS ? "https" : "http";
        String url = scheme + "://" + server.getAddress().getHostAddress() + ":" + server.getPort() + work.path();
        LoadWork requests = new LoadWork(
                List.of(Target.of(url)), work.newConnections(), work.pipelineDepth(), List.of(), work.resumesTls());
        LoadReport report = generator.run(new LoadPlan(requests, requestsPerSecond, connections, bounds));
        if (report.answered() == 0) {
            throw new IOException("no response: server=" + server + ", errors=" + report.firstFailures());
        }
        return report;
    }
}
