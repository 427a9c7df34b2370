package io.fastsocket.examples.fault;

import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Why a connection was closed early. All but {@link #DEFECT} are the peer's doing. */
public enum Fault {
    /** The connection was reset, or ended while something was still to be written. */
    RESET,
    /** It ended within a message. */
    CUT,
    /** No TLS, or not as agreed. */
    TLS,
    /** No PROXY header, or a wrong one, or not in time. */
    PROXY_HEADER,
    /** Bytes that are no message of the protocol. */
    UNREADABLE,
    /** Another error of the socket, such as a time-out of the kernel's. */
    SOCKET,
    /** An exception that no peer should be able to cause: a bug, or a limit such as memory. */
    DEFECT;

    /** As a tag of a meter has it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What an exception in a pipeline tells. */
    public static Fault of(Throwable exception) {
        Throwable cause = exception.getCause();
        // A decoder wraps what it did not throw itself, as that of TLS does with what its engine refuses.
        return exception instanceof CodecException && (cause instanceof IOException || cause instanceof Error)
                ? ofOne(cause)
                : ofOne(exception);
    }

    private static Fault ofOne(Throwable cause) {
        if (cause instanceof SSLException) {
            return TLS;
        } else if (cause instanceof HAProxyProtocolException) {
            return PROXY_HEADER;
        } else if (cause instanceof PrematureChannelClosureException) {
            return CUT;
        } else if (isUnreadable(cause)) {
            return UNREADABLE;
        } else if (isReset(cause)) {
            return RESET;
        }
        return cause instanceof IOException ? SOCKET : DEFECT;
    }

    /** A decoder says so itself, or something that it called with what the peer sent; any other cause is a fault of its own. */
    private static boolean isUnreadable(Throwable exception) {
        Throwable cause = exception.getCause();
        return exception instanceof DecoderException
                && (cause == null
                        || cause instanceof DecoderException
                        || cause instanceof IllegalArgumentException
                        || cause instanceof IndexOutOfBoundsException);
    }

    /** ENOTCONN of epoll and io_uring has a type; ECONNRESET and EPIPE have none, but strerror(3) and the JDK say so. */
    private static boolean isReset(Throwable cause) {
        String message = cause.getMessage();
        if (cause instanceof NotYetConnectedException) {
            return true;
        }
        return cause instanceof IOException
                && message != null
                && (message.contains("reset") || message.contains("Broken pipe"));
    }
}
