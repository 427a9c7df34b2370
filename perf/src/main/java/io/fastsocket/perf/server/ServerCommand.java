package io.fastsocket.perf.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The command line that starts a server.
 *
 * @param expected where the server will listen, if it was told and does not say so itself; empty if it says so
 */
public record ServerCommand(List<String> arguments, Optional<Listening> expected) {
    public ServerCommand {
        arguments = List.copyOf(arguments);
    }

    /** The command of a server that says where it listens. */
    ServerCommand(List<String> arguments) {
        this(arguments, Optional.empty());
    }

    /** The options that every server's JVM gets alike: collector, heap, and what this JVM allows native code. */
    public static List<String> jvmOptions() {
        return JvmServers.jvmOptions();
    }

    /**
     * The command for a kind of server. All of them listen on loopback alone, on a port that the kernel picks.
     *
     * @param loops event loops, threads or workers that serve connections, at least 1; where one listener is shared, Netty
     *     has one more that accepts
     * @param moreJvmOptions options of the JVM after {@link #jvmOptions}, for a server that runs in one
     * @param directory where files for the server may be written, which live as long as it
     * @throws MissingServerException if a program of the system that it needs is not installed
     */
    public static ServerCommand of(ServerKind kind, int loops, List<String> moreJvmOptions, Path directory)
            throws IOException, InterruptedException {
        return switch (kind.family()) {
            case NGINX -> Nginx.command(loops, directory);
            case HAPROXY -> HaProxy.command(loops, directory);
            case FLOOR -> FloorServers.command(kind, loops);
            default -> JvmServers.command(kind, loops, moreJvmOptions);
        };
    }
}
