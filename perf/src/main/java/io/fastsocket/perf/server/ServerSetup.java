package io.fastsocket.perf.server;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a server is to be started.
 *
 * @param host where it listens
 * @param loops event loops, threads or workers that serve connections, at least 1; where one listener is shared, Netty has
 *     one more that accepts
 * @param origin where a proxy passes requests on to, over HTTP/1.1; empty in the other roles
 * @param moreJvmOptions options of the JVM after {@link ServerCommand#jvmOptions}, for a server that runs in one
 * @param directory where files for the servers of a run may be written, which live as long as they do
 */
public record ServerSetup(
        ServerRole role,
        ServerHost host,
        int loops,
        Optional<InetSocketAddress> origin,
        List<String> moreJvmOptions,
        Path directory) {

    /** @throws IllegalArgumentException if a proxy has no origin, or another role has one */
    public ServerSetup {
        moreJvmOptions = List.copyOf(moreJvmOptions);
        if (role.isProxy() != origin.isPresent()) {
            throw new IllegalArgumentException("cannot set a server up: role=" + role + ", origin=" + origin
                    + " (expected an origin for a proxy, and for nothing else)");
        }
    }

    /** The origin of a proxy, as {@code 127.0.0.1:8080}. */
    String originName() {
        InetSocketAddress address = origin.orElseThrow();
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
