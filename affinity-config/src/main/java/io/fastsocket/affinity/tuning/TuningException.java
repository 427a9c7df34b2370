package io.fastsocket.affinity.tuning;

/** A setting, the journal or the lock refuses; the message says which, why, and what to do. */
public final class TuningException extends Exception {
    private static final long serialVersionUID = 1;

    public TuningException(String message) {
        super(message);
    }

    public TuningException(String message, Throwable cause) {
        super(message, cause);
    }
}
