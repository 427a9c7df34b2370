package io.fastsocket.perf.compare;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one {@code wrk} process says at its end.
 *
 * @param requests responses it got, of any status
 * @param seconds how long it ran, to 10 ms
 * @param connectErrors connections that could not be opened
 * @param readErrors reads that failed
 * @param writeErrors writes that failed
 * @param timeouts requests that took longer than its time limit of 2 s
 * @param statusErrors responses that were neither 2xx nor 3xx
 */
record WrkReport(
        long requests,
        double seconds,
        long connectErrors,
        long readErrors,
        long writeErrors,
        long timeouts,
        long statusErrors) {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ([\\d.]+)(us|ms|s|m|h),");
    private static final Pattern SOCKET_ERRORS =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern STATUS_ERRORS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    /**
     * Reads the standard output of {@code wrk} 4. The error lines are left out by it when there are no errors.
     *
     * @throws IllegalArgumentException if it holds no result
     */
    static WrkReport parse(String output) {
        Matcher requests = REQUESTS.matcher(output);
        if (!requests.find()) {
            throw new IllegalArgumentException(
                    "cannot read what wrk printed: output=\"" + output.strip() + "\" (expected \"N requests in Ts\")");
        }
        Matcher socketErrors = SOCKET_ERRORS.matcher(output);
        boolean socketErrorsPrinted = socketErrors.find();
        Matcher statusErrors = STATUS_ERRORS.matcher(output);
        return new WrkReport(
                Long.parseLong(requests.group(1)),
                Double.parseDouble(requests.group(2)) * secondsPer(requests.group(3)),
                socketErrorsPrinted ? Long.parseLong(socketErrors.group(1)) : 0,
                socketErrorsPrinted ? Long.parseLong(socketErrors.group(2)) : 0,
                socketErrorsPrinted ? Long.parseLong(socketErrors.group(3)) : 0,
                socketErrorsPrinted ? Long.parseLong(socketErrors.group(4)) : 0,
                statusErrors.find() ? Long.parseLong(statusErrors.group(1)) : 0);
    }

    private static double secondsPer(String unit) {
        return switch (unit) {
            case "us" -> 1e-6;
            case "ms" -> 1e-3;
            case "m" -> 60;
            case "h" -> 3600;
            default -> 1;
        };
    }
}
