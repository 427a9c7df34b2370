package io.fastsocket.examples.wire;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cases that this project's proxy is known to fail, by name, with the reason. A case is taken off the list with the change that
 * mends it: while it is on {@link #ALWAYS} and passes, its test fails.
 */
final class KnownFaults {
    /** They are not waited for as long as others. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /** On every engine. */
    static final Map<String, String> ALWAYS = Map.of(
            "a blank before a chunk size is refused",
            "Netty passes over blanks before a chunk size; the chunk is written anew, so that nothing hides in it",
            "a client that closes while it waits ends the origin's work",
            "a client that closes cannot be told from one that ends its side and waits for its answer: see --on-client-close");

    private KnownFaults() {}

    /** The reason for a case to fail; null for one that must not. */
    static @Nullable String of(WireCase wireCase) {
        return ALWAYS.get(wireCase.name());
    }
}
