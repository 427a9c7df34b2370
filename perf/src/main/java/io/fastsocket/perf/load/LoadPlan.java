package io.fastsocket.perf.load;

/**
 * A load: what is asked, how often, on how many connections, for how long.
 *
 * @param work what every request is
 * @param requestsPerSecond open loop: requests begin by this schedule, whatever the server does, from above 0 to
 *     {@link #RATE_MAX}. {@link #CLOSED_LOOP}: each connection asks again as soon as it is answered
 * @param connections in all, at least one for each loop; in an open loop the most that are used, and a request that finds none free
 *     waits for one, which counts as latency
 * @param bounds when it ends
 */
public record LoadPlan(LoadWork work, double requestsPerSecond, int connections, LoadBounds bounds) {
    /** As fast as the server answers. */
    public static final double CLOSED_LOOP = 0;

    /** More than the loops of any machine send. */
    public static final double RATE_MAX = 1e8;

    /** More than the ports of one local address. */
    private static final int CONNECTIONS_MAX = 1_000_000;

    public LoadPlan {
        if (!(requestsPerSecond >= 0 && requestsPerSecond <= RATE_MAX)) {
            throw new IllegalArgumentException(
                    "load: requestsPerSecond=" + requestsPerSecond + " (expected up to " + (long) RATE_MAX + ")");
        }
        if (connections < 1 || connections > CONNECTIONS_MAX) {
            throw new IllegalArgumentException(
                    "load: connections=" + connections + " (expected 1.." + CONNECTIONS_MAX + ")");
        }
    }

    /** Whether requests follow a schedule. */
    public boolean isOpenLoop() {
        return requestsPerSecond > 0;
    }
}
