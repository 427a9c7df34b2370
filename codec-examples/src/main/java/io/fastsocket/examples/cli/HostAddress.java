package io.fastsocket.examples.cli;

import io.fastsocket.affinity.cli.CommandFailed;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Collectors;

/** Where to listen, as a user names it. */
final class HostAddress {
    private HostAddress() {}

    /**
     * The address of a network interface (its first of IPv4, else its first), or of a host by name or address.
     *
     * @throws CommandFailed if there is no such interface or host
     */
    static InetAddress of(String host) {
        try {
            NetworkInterface device = NetworkInterface.getByName(host);
            return device == null ? InetAddress.getByName(host) : first(device);
        } catch (UnknownHostException | SocketException e) {
            throw new CommandFailed(
                    CommandFailed.WRONG_USAGE,
                    "--host " + host + ": no such host or interface; give an address, a host name or one of "
                            + interfaces(),
                    e);
        }
    }

    /** As people and URLs write it: {@code 127.0.0.1:80}, {@code [::1]:80}. */
    static String format(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        if (!(host instanceof Inet6Address)) {
            return host.getHostAddress() + ":" + address.getPort();
        }
        // The JDK writes 0:0:0:0:0:0:0:1%lo.
        String full = host.getHostAddress().replaceFirst("%.*", "");
        return "[" + full.replaceFirst("(^|:)0(:0)+(:|$)", "::") + "]:" + address.getPort();
    }

    private static InetAddress first(NetworkInterface device) {
        List<InetAddress> addresses = device.inetAddresses().toList();
        return addresses.stream()
                .filter(Inet4Address.class::isInstance)
                .findFirst()
                .or(() -> addresses.stream().findFirst())
                .orElseThrow(() -> new CommandFailed(
                        CommandFailed.FAILED,
                        "--host " + device.getName() + ": the interface has no address; give it one or name another"));
    }

    private static String interfaces() {
        try {
            return NetworkInterface.networkInterfaces()
                    .map(NetworkInterface::getName)
                    .collect(Collectors.joining(", "));
        } catch (SocketException e) {
            return "the interfaces that `ip link` lists";
        }
    }
}
