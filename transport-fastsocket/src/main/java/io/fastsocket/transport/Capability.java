package io.fastsocket.transport;

import java.util.Optional;

/**
 * One rung of the ladder: what a group chose, and why not more.
 *
 * @param name the choice: {@code engine}, {@code placement}, {@code steering}
 * @param chosen the value in force, for example {@code io_uring}
 * @param whyNotMore why a better value is not in force; empty when none is better or it was not asked for
 */
public record Capability(String name, String chosen, Optional<String> whyNotMore) {
    @Override
    public String toString() {
        return name + "=" + chosen + whyNotMore.map(why -> " (" + why + ")").orElse("");
    }
}
