package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Says in one line why an address cannot be had and what to do about it. */
final class BindFailure {
    /** How deep the reason may lie under what was thrown. */
    private static final int CAUSES_MAX = 10;

    private BindFailure() {}

    /**
     * Refuses a port that another process listens on. Listeners with SO_REUSEPORT would share it with a process of the
     * same user, and each would get some of the connections: for a server started by hand that is a mistake.
     */
    static void requireFree(InetSocketAddress address) {
        if (address.getPort() == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (IOException e) {
            throw explain(address, e);
        }
    }

    static CommandFailed explain(InetSocketAddress address, Throwable cause) {
        String where = "cannot listen on " + HostAddress.format(address) + ": ";
        String reason = reason(cause);
        if (reason.contains("Address already in use")) {
            return failed(
                    where + "the port is in use; stop the process that has it (ss -ltnp) or give another --port",
                    cause);
        }
        if (reason.contains("Permission denied")) {
            return failed(
                    where + "ports below net.ipv4.ip_unprivileged_port_start need a privilege; give a --port from 1024"
                            + " or grant CAP_NET_BIND_SERVICE",
                    cause);
        }
        if (reason.contains("Cannot assign requested address")) {
            return failed(
                    where + "this machine does not have the address; give one that `ip addr` lists as --host", cause);
        }
        return failed(where + cause.getMessage(), cause);
    }

    private static CommandFailed failed(String message, Throwable cause) {
        return new CommandFailed(CommandFailed.FAILED, message, cause);
    }

    private static String reason(Throwable cause) {
        StringBuilder messages = new StringBuilder();
        Throwable next = cause;
        for (int depth = 0; next != null && depth < CAUSES_MAX; depth++) {
            messages.append(next.getMessage()).append('\n');
            next = next.getCause();
        }
        return messages.toString();
    }
}
