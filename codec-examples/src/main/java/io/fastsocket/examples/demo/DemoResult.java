package io.fastsocket.examples.demo;

import io.fastsocket.transport.Capability;
import io.fastsocket.transport.LoopStats;
import io.fastsocket.transport.engine.Engine;
import java.util.List;

/**
 * What the demo measured.
 *
 * @param engine the engine of both servers
 * @param capabilities what our group had chosen while it served
 * @param stock which of Netty's own groups it was compared with, and its number of loops
 * @param loops the counters of our loops after all load, warm-up included
 * @param comparisons one per mode of load
 */
public record DemoResult(
        Engine engine,
        List<Capability> capabilities,
        String stock,
        List<LoopStats> loops,
        List<Comparison> comparisons) {
    /**
     * The same load on both servers.
     *
     * @param mode how the clients asked
     * @param fastsocket on our group
     * @param stock on Netty's
     */
    public record Comparison(LoadMode mode, LoadSlice fastsocket, LoadSlice stock) {
        /** Our requests per second over theirs; 0 if they had none. */
        public double requestsRatio() {
            return ratio(fastsocket.requestsPerSecond(), stock.requestsPerSecond());
        }

        /** Our CPU time per request over theirs; 0 if theirs is not known. */
        public double cpuRatio() {
            return ratio(fastsocket.cpuMicrosPerRequest(), stock.cpuMicrosPerRequest());
        }

        Comparison plus(LoadSlice moreFastsocket, LoadSlice moreStock) {
            return new Comparison(mode, fastsocket.plus(moreFastsocket), stock.plus(moreStock));
        }

        private static double ratio(double ours, double theirs) {
            return theirs == 0 ? 0 : ours / theirs;
        }
    }

    /** Requests that failed, on both servers and in all modes. */
    public long failed() {
        return comparisons.stream()
                .mapToLong(each -> each.fastsocket().failed() + each.stock().failed())
                .sum();
    }

    /** What the first failure was; empty if there was none. */
    public String failure() {
        return comparisons.stream()
                .flatMap(each -> List.of(each.fastsocket(), each.stock()).stream())
                .map(LoadSlice::failure)
                .filter(failure -> !failure.isEmpty())
                .findFirst()
                .orElse("");
    }
}
