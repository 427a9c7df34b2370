package io.fastsocket.perf.server;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server that is ready.
 *
 * @param address where it accepts connections
 * @param about what it is and in which version, as far as it is known, such as {@code nginx/1.22.1, 2 workers}
 */
record Listening(InetSocketAddress address, String about) {
    private static final Pattern LINE = Pattern.compile("listening on (\\S+):(\\d+)(?:\\s+\\((.*)\\)[^)]*|\\s.*)?");

    /** What a line such as {@code listening on 127.0.0.1:8080 (engine io_uring, 2 loops)} says; empty for other lines. */
    static Optional<Listening> parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String about = matcher.group(3);
        return Optional.of(new Listening(
                new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2))),
                about == null ? "" : about));
    }
}
