package io.fastsocket.perf.server;

import java.io.IOException;
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
     * The command for a kind of server. All of them listen at the setup's address alone, on a port that the kernel picks.
     *
     * @throws IllegalArgumentException if the kind does not {@linkplain ServerKind#supports support} the role
     * @throws MissingServerException if a program of the system that it needs is not installed
     */
    public static ServerCommand of(ServerKind kind, ServerSetup setup) throws IOException, InterruptedException {
        if (!kind.supports(setup.role())) {
            throw new IllegalArgumentException(
                    kind + " cannot be started: role=" + setup.role() + " (expected one of " + kind.roles() + ")");
        }
        ServerCommand command =
                switch (kind.family()) {
                    case NGINX -> Nginx.command(setup);
                    case HAPROXY -> HaProxy.command(setup);
                    case FLOOR -> FloorServers.command(kind, setup);
                    default -> JvmServers.command(kind, setup);
                };
        return new ServerCommand(setup.host().command(command.arguments()), command.expected());
    }
}
