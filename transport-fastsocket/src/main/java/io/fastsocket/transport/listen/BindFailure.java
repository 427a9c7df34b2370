package io.fastsocket.transport.listen;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** Turns what the engines throw at bind into one exception type with a text that says what to do. */
final class BindFailure {
    private BindFailure() {}

    static Throwable of(InetSocketAddress address, Throwable cause) {
        if (!(cause instanceof IOException)) {
            return cause;
        }
        BindException failure =
                new BindException("bind failed on " + address.getAddress().getHostAddress() + ":" + address.getPort()
                        + ": " + cause.getMessage() + "; fix: " + remedy(String.valueOf(cause.getMessage())));
        failure.initCause(cause);
        return failure;
    }

    private static String remedy(String message) {
        String text = message.toLowerCase(Locale.ROOT);
        if (text.contains("in use")) {
            return "stop the process that listens there, or choose another port";
        }
        if (text.contains("permission denied")) {
            return "choose a port above net.ipv4.ip_unprivileged_port_start, or grant CAP_NET_BIND_SERVICE";
        }
        if (text.contains("cannot assign") || text.contains("can't assign")) {
            return "choose an address of this machine";
        }
        return "see the cause";
    }
}
