package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import io.fastsocket.examples.upstream.Upstream;
import io.fastsocket.transport.FastSocketEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Where a proxy listens, as its user names it with {@code --listen}, and what is said of it. */
final class ListenAddress {
    /** An address without a colon, or one in brackets; and the port. */
    private static final Pattern ADDRESS = Pattern.compile("(?:\\[(.+)]|([^:]+)):([0-9]{1,5})");

    private static final int PORT_MAX = 65_535;

    private ListenAddress() {}

    /**
     * @throws ParameterException if it is no address and port
     * @throws CommandFailed if there is no such host or interface
     */
    static InetSocketAddress of(String listen, CommandLine command) {
        Matcher address = ADDRESS.matcher(listen);
        if (!address.matches() || Integer.parseInt(address.group(3)) > PORT_MAX) {
            throw new ParameterException(
                    command, "--listen " + listen + ": give HOST:PORT, such as 127.0.0.1:8000 or [::1]:8000");
        }
        String host = address.group(1) == null ? address.group(2) : address.group(1);
        try {
            return new InetSocketAddress(HostAddress.of(host), Integer.parseInt(address.group(3)));
        } catch (CommandFailed e) {
            throw inTermsOfListen(e);
        }
    }

    /** @throws CommandFailed if something listens there already */
    static void requireFree(InetSocketAddress address) {
        try {
            BindFailure.requireFree(address);
        } catch (CommandFailed e) {
            throw inTermsOfListen(e);
        }
    }

    /** Why it cannot be bound, and what to do. */
    static CommandFailed explain(InetSocketAddress address, IOException failure) {
        return inTermsOfListen(BindFailure.explain(address, failure));
    }

    /** Other servers have {@code --host} and {@code --port} where proxies have {@code --listen}. */
    private static CommandFailed inTermsOfListen(CommandFailed failure) {
        String message = String.valueOf(failure.getMessage()).replaceAll("--(host|port)", "--listen");
        return new CommandFailed(failure.exitCode(), message, failure);
    }

    /** The line that says that the proxy is there. */
    static String announcement(FastSocketEventLoopGroup group, SocketAddress bound, List<Upstream> upstreams) {
        int loops = group.plan().rows().size();
        return "listening on " + HostAddress.format((InetSocketAddress) bound) + " (engine "
                + GroupOptions.name(group.engine()) + ", " + loops + (loops == 1 ? " loop" : " loops") + ", steering "
                + GroupOptions.steeringOf(group.capabilities()) + "), upstreams " + upstreams;
    }
}
