package io.fastsocket.perf.load;

import java.io.EOFException;
import java.net.BindException;
import java.net.ProtocolException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;

/** Why a request was not answered as it should be. */
public enum LoadError {
    /** Nobody listens (ECONNREFUSED). */
    REFUSED("refused"),
    /** The connection was reset (ECONNRESET, EPIPE). */
    RESET("reset"),
    /** The server closed the connection before the response was whole. */
    CLOSED("closed"),
    /** Not connected and answered in time. */
    TIMEOUT("timeout"),
    /** A whole response, of a status other than 2xx or 3xx. */
    STATUS("status"),
    /** What came is no HTTP/1.1 response. */
    MALFORMED("malformed"),
    /** This machine's own limit: no port, no file descriptor, no buffer. It says nothing about the server. */
    LOCAL("local"),
    /** Anything else; the report has the text of the first failure. */
    OTHER("other");

    /** Some engines wrap what the system said, once or twice. */
    private static final int CAUSES_MAX = 4;

    private final String label;

    LoadError(String label) {
        this.label = label;
    }

    /** The name in tables and JSON. */
    @Override
    public String toString() {
        return label;
    }

    static LoadError of(Throwable failure) {
        LoadError error = OTHER;
        Throwable cause = failure;
        for (int depth = 0; error == OTHER && cause != null && depth < CAUSES_MAX; depth++) {
            error = ofOne(cause);
            cause = cause.getCause();
        }
        return error;
    }

    private static LoadError ofOne(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (cause instanceof ProtocolException) {
            return MALFORMED;
        }
        if (cause instanceof EOFException || cause instanceof ClosedChannelException) {
            return CLOSED;
        }
        if (message.contains("refused")) {
            return REFUSED;
        }
        if (message.contains("reset") || message.contains("broken pipe")) {
            return RESET;
        }
        if (message.contains("timed out")) {
            return TIMEOUT;
        }
        boolean localLimit = message.contains("too many open files")
                || message.contains("cannot assign requested address")
                || message.contains("no buffer space")
                || message.contains("cannot allocate memory");
        return cause instanceof BindException || localLimit ? LOCAL : OTHER;
    }
}
