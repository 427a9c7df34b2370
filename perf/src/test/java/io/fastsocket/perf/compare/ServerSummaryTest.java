package io.fastsocket.perf.compare;

import static io.fastsocket.perf.server.ServerKind.FASTSOCKET_EPOLL;
import static io.fastsocket.perf.server.ServerKind.STOCK_EPOLL;
import static io.fastsocket.perf.server.ServerKind.STOCK_NIO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.fastsocket.perf.server.ProcessUsage;
import io.fastsocket.perf.server.ServerKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerSummaryTest {
    @Test
    void takesTheMedianOfRatiosWithinRoundsNotTheRatioOfMedians() {
        // Round 2 was disturbed on both sides: each server's own median is 100, their ratio in every round is another.
        List<ServerSummary> summaries = ServerSummary.of(List.of(
                measurement(1, Work.NEW, FASTSOCKET_EPOLL, 100, 10),
                measurement(1, Work.NEW, STOCK_EPOLL, 50, 20),
                measurement(2, Work.NEW, STOCK_EPOLL, 100, 40),
                measurement(2, Work.NEW, FASTSOCKET_EPOLL, 90, 20),
                measurement(3, Work.NEW, FASTSOCKET_EPOLL, 300, 10),
                measurement(3, Work.NEW, STOCK_EPOLL, 200, 40)));

        ServerSummary ours = summaries.get(0);
        assertThat(ours.server()).isEqualTo(FASTSOCKET_EPOLL);
        assertThat(ours.requestsPerSecond()).isEqualTo(new Spread(100, 90, 300));
        assertThat(ours.cpuMicrosPerRequest()).isEqualTo(new Spread(10, 10, 20));
        assertThat(ours.againstStock()).hasValueSatisfying(ratios -> {
            assertThat(ratios.requestsPerSecond()).isEqualTo(new Spread(1.5, 0.9, 2));
            assertThat(ratios.cpuMicrosPerRequest()).isEqualTo(new Spread(0.5, 0.25, 0.5));
        });
    }

    @Test
    void comparesWithTheTwinAloneAndOnlyIfItWasMeasured() {
        List<ServerSummary> summaries = ServerSummary.of(
                List.of(measurement(1, Work.NEW, FASTSOCKET_EPOLL, 1, 1), measurement(1, Work.NEW, STOCK_NIO, 1, 1)));

        assertThat(summaries).hasSize(2).allMatch(summary -> summary.againstStock()
                .isEmpty());
    }

    @Test
    void keepsKindsOfWorkApart() {
        List<ServerSummary> summaries = ServerSummary.of(
                List.of(measurement(1, Work.KEEPALIVE, STOCK_NIO, 100, 1), measurement(1, Work.NEW, STOCK_NIO, 10, 1)));

        assertThat(summaries)
                .extracting(ServerSummary::work, summary -> summary.requestsPerSecond()
                        .median())
                .containsExactly(tuple(Work.KEEPALIVE, 100.0), tuple(Work.NEW, 10.0));
    }

    @Test
    void addsErrorsOfAllRounds() {
        ProcessUsage usage = new ProcessUsage(1, 1, 1);
        ServerSummary summary = ServerSummary.of(List.of(
                        new Measurement(1, Work.NEW, STOCK_NIO, new LoadResult(1, 1, 5, 0), usage),
                        new Measurement(2, Work.NEW, STOCK_NIO, new LoadResult(1, 1, 2, 3), usage)))
                .get(0);

        assertThat(summary.socketErrors()).isEqualTo(7);
        assertThat(summary.statusErrors()).isEqualTo(3);
    }

    private static Measurement measurement(
            int round, Work work, ServerKind server, double requestsPerSecond, long cpuMicrosPerRequest) {
        return new Measurement(
                round,
                work,
                server,
                new LoadResult(requestsPerSecond, 1000, 0, 0),
                new ProcessUsage(cpuMicrosPerRequest * 600, cpuMicrosPerRequest * 400, 0));
    }
}
