package io.fastsocket.examples.metrics;

import io.netty.channel.Channel;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The connections of the endpoint, few enough that their descriptors can be spared. One more than that takes the place of the one that
 * was used least lately: a probe always gets through, whoever else holds connections. Used on the endpoint's loop.
 */
final class MetricsConnections {
    /** Scrapers, probes and open pages, of which there are half as many at most. */
    static final int CONNECTIONS_MAX = 64;

    /** Whoever has just connected is about to ask. */
    private static final long NEW_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** With when it was used last, which is also their order. */
    private final Map<Channel, Long> open = new LinkedHashMap<>();
    /** Those to which an answer is on its way, and open pages. */
    private final Set<Channel> busy = new HashSet<>();

    void add(Channel connection) {
        if (open.size() >= CONNECTIONS_MAX) {
            evict(open.keySet().stream()
                    .filter(other -> !busy.contains(other))
                    .findFirst()
                    .orElseGet(() -> open.keySet().iterator().next()));
        }
        open.put(connection, System.nanoTime());
        connection.closeFuture().addListener(closed -> {
            open.remove(connection);
            busy.remove(connection);
        });
    }

    /** A request came. */
    void used(Channel connection) {
        if (open.remove(connection) != null) {
            open.put(connection, System.nanoTime());
            busy.add(connection);
        }
    }

    /** Its answer is written. */
    void idle(Channel connection) {
        busy.remove(connection);
    }

    /** Closes the one that has been idle for the longest, if it is not a new one. */
    void evictIdle() {
        long now = System.nanoTime();
        open.entrySet().stream()
                .filter(entry -> !busy.contains(entry.getKey()) && now - entry.getValue() > NEW_NANOS)
                .findFirst()
                .map(Map.Entry::getKey)
                .ifPresent(this::evict);
    }

    private void evict(Channel connection) {
        open.remove(connection);
        connection.close();
    }
}
