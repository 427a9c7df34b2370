package io.fastsocket.perf.load;

import java.time.Duration;

/**
 * When a load ends. Requests begin within the warm-up and then the measured time; those under way at its end are waited for.
 *
 * @param warmUp load before the measured time, reported apart; 0 to {@link #DURATION_MAX}
 * @param duration the measured time, at most; 1 ms to {@link #DURATION_MAX}
 * @param requestsMax requests begun in the measured time, at most; 0 for any number
 * @param timeout time for a request, connecting included; 1 ms to {@link #DURATION_MAX}. To see a connection whose SYN was lost
 *     once, it must be over 1 s, the kernel's first retransmission timeout
 */
public record LoadBounds(Duration warmUp, Duration duration, long requestsMax, Duration timeout) {
    /** More is no measurement, but operation. */
    public static final Duration DURATION_MAX = Duration.ofHours(1);

    /** Time for a request where nothing else is said. */
    public static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(5);

    private static final Duration MIN = Duration.ofMillis(1);

    public LoadBounds {
        requireRange("warmUp", warmUp, Duration.ZERO);
        requireRange("duration", duration, MIN);
        requireRange("timeout", timeout, MIN);
        if (requestsMax < 0) {
            throw new IllegalArgumentException("load: requestsMax=" + requestsMax + " (expected 0 or more)");
        }
    }

    /** Bounded by time alone, without a warm-up. */
    public static LoadBounds of(Duration duration) {
        return new LoadBounds(Duration.ZERO, duration, 0, TIMEOUT_DEFAULT);
    }

    /** The same with another number of requests at most. */
    public LoadBounds withRequestsMax(long newRequestsMax) {
        return new LoadBounds(warmUp, duration, newRequestsMax, timeout);
    }

    /** The same with another time for a request. */
    public LoadBounds withTimeout(Duration newTimeout) {
        return new LoadBounds(warmUp, duration, requestsMax, newTimeout);
    }

    /** The same after a warm-up. */
    public LoadBounds withWarmUp(Duration newWarmUp) {
        return new LoadBounds(newWarmUp, duration, requestsMax, timeout);
    }

    private static void requireRange(String name, Duration value, Duration min) {
        if (value.compareTo(min) < 0 || value.compareTo(DURATION_MAX) > 0) {
            throw new IllegalArgumentException("load: " + name + "=" + value.toMillis() + " ms (expected "
                    + min.toMillis() + ".." + DURATION_MAX.toMillis() + ")");
        }
    }
}
