package io.fastsocket.examples.demo;

/**
 * What came of a stretch of load.
 *
 * @param requests answered rightly
 * @param failed not answered, or wrongly
 * @param nanos how long the clients ran
 * @param cpuNanos CPU time of the server's process meanwhile, 0 where nobody measured it
 * @param failure what the first failure was, one line; empty if there was none
 */
public record LoadSlice(long requests, long failed, long nanos, long cpuNanos, String failure) {
    static final LoadSlice NONE = new LoadSlice(0, 0, 0, 0, "");

    /** Both stretches as one. */
    LoadSlice plus(LoadSlice other) {
        return new LoadSlice(
                requests + other.requests,
                failed + other.failed,
                nanos + other.nanos,
                cpuNanos + other.cpuNanos,
                failure.isEmpty() ? other.failure : failure);
    }

    /** What is kept of a warm-up. */
    LoadSlice failuresOnly() {
        return new LoadSlice(0, failed, 0, 0, failure);
    }

    LoadSlice withCpuNanos(long newCpuNanos) {
        return new LoadSlice(requests, failed, nanos, newCpuNanos, failure);
    }

    /** Requests per second. */
    public double requestsPerSecond() {
        return nanos == 0 ? 0 : requests * 1e9 / nanos;
    }

    /** CPU time of the server's process per request, in microseconds. */
    public double cpuMicrosPerRequest() {
        return requests == 0 ? 0 : cpuNanos / 1e3 / requests;
    }

    /** The form in which the process of the clients reports it. */
    String toLine() {
        return requests + " " + failed + " " + nanos + " " + failure.replaceAll("\\R", " ");
    }

    /** @throws IllegalArgumentException if the line is no report */
    static LoadSlice ofLine(String line) {
        String[] parts = line.split(" ", 4);
        if (parts.length < 4) {
            throw new IllegalArgumentException("line: '" + line + "' (expected: requests failed nanos failure)");
        }
        return new LoadSlice(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]), 0, parts[3]);
    }
}
