package io.fastsocket.transport.listen;

import java.util.Optional;

/**
 * What steers new connections to the listeners of one server channel.
 *
 * @param chosen the policy in force, or {@code one-listener}
 * @param whyNotMore why a better one is not in force; empty when it is what was asked for
 */
public record SteeringChoice(String chosen, Optional<String> whyNotMore) {
    static final String ONE_LISTENER = "one-listener";
}
