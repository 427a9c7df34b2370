package io.fastsocket.perf.scale;

import java.util.Locale;

/** Which loop gets a connection, and where the answers of a connection arrive that it opens in turn. */
public enum Acceptance {
    /** One listener, whose thread hands connections to the loops in turn; ports are the kernel's. */
    ONE_LISTENER,
    /** A listener for each loop, among which the kernel's hash chooses; ports are the kernel's. */
    HASHED_LISTENERS,
    /** A listener for each loop, that of the CPU which receives; ports whose answers arrive there. */
    STEERED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
