package io.fastsocket.perf.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a server listens.
 *
 * @param address an IPv4 address there
 * @param namespace the network namespace, by its name for {@code ip netns}; empty for this process's
 */
public record ServerHost(String address, Optional<String> namespace) {
    /** The way within this machine. */
    public static final ServerHost LOOPBACK = new ServerHost("127.0.0.1", Optional.empty());

    /** An address there with a port that was free here just now. Should another process take it first, the bind fails. */
    InetSocketAddress freePort() throws IOException {
        return new InetSocketAddress(address, FreePort.onLoopback().getPort());
    }

    /** The command line that runs a program there; it has the program's process id. */
    List<String> command(List<String> program) {
        List<String> command = new ArrayList<>();
        namespace.ifPresent(name -> command.addAll(List.of("ip", "netns", "exec", name)));
        command.addAll(program);
        return command;
    }
}
