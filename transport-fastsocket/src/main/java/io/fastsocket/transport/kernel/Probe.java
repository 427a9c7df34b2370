package io.fastsocket.transport.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The answer to one question to the running kernel, found by trying.
 *
 * @param outcome supported, not supported, or the question could not be asked
 * @param cause why it is not supported or could not be asked; null when supported
 */
public record Probe(Outcome outcome, @Nullable String cause) {
    /** Unsupported and unknown are two things: only the first is the kernel's own answer. */
    public enum Outcome {
        SUPPORTED,
        UNSUPPORTED,
        UNKNOWN
    }

    static Probe supported() {
        return new Probe(Outcome.SUPPORTED, null);
    }

    static Probe unsupported(String cause) {
        return new Probe(Outcome.UNSUPPORTED, cause);
    }

    static Probe unknown(String cause) {
        return new Probe(Outcome.UNKNOWN, cause);
    }

    public boolean isSupported() {
        return outcome == Outcome.SUPPORTED;
    }
}
