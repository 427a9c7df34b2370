package io.fastsocket.perf.server;

import java.io.IOException;

/** A server that this machine does not have. The message says what is missing and how to get it. */
public final class MissingServerException extends IOException {
    private static final long serialVersionUID = 1;

    MissingServerException(String message) {
        super(message);
    }
}
