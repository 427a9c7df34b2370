package io.fastsocket.transport.listen;

import io.fastsocket.transport.engine.StepDownCause;
import java.util.List;
import java.util.Optional;

/**
 * What steers new connections to the listeners of one server channel.
 *
 * @param chosen the policy in force, or {@code one-listener}
 * @param whyNotMore why a better one is not in force; empty when it is what was asked for
 * @param stepsDown the cause of each step down from what was asked for
 */
public record SteeringChoice(String chosen, Optional<String> whyNotMore, List<StepDownCause> stepsDown) {
    static final String ONE_LISTENER = "one-listener";

    public SteeringChoice {
        stepsDown = List.copyOf(stepsDown);
    }

    static SteeringChoice asAskedFor(String chosen) {
        return new SteeringChoice(chosen, Optional.empty(), List.of());
    }
}
