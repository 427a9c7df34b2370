package io.fastsocket.examples.upstream;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** There is no connection to an upstream; {@link #reason} says whether another upstream is worth a try. */
public final class UpstreamException extends IOException {
    private final Reason reason;

    /** Why there is no connection. */
    public enum Reason {
        /** The upstream could not be connected to: say so to the balancer, try another. */
        CONNECT_FAILED,
        /** All connections are in use, and as many acquires wait as may. */
        TOO_MANY_PENDING,
        /** All connections stayed in use for as long as an acquire may wait. */
        ACQUIRE_TIMEOUT,
        /** The pool was closed. */
        CLOSED
    }

    UpstreamException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why there is no connection. */
    public Reason reason() {
        return reason;
    }
}
