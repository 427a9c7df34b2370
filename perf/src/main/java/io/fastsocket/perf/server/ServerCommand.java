package io.fastsocket.perf.server;

import io.fastsocket.examples.cli.Main;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line that starts a server in a JVM of its own, on this JVM's binary and class path. */
public record ServerCommand(List<String> arguments) {
    /**
     * What every server JVM gets alike: the collector of the launcher, whose threads do not compete with the loops outside
     * of pauses, and one size of heap.
     */
    public static final List<String> JVM_OPTIONS = List.of("-XX:+UseParallelGC", "-Xms256m", "-Xmx512m");

    /** Servers listen on loopback alone, on a port the kernel picks. */
    private static final List<String> ADDRESS_OPTIONS = List.of("--host", "127.0.0.1", "--port", "0");

    public ServerCommand {
        arguments = List.copyOf(arguments);
    }

    /**
     * The command for a kind of server.
     *
     * @param loops event loops that serve connections, at least 1; a stock server has one more that accepts
     * @param moreJvmOptions options of the JVM after {@link #JVM_OPTIONS}
     */
    public static ServerCommand of(ServerKind kind, int loops, List<String> moreJvmOptions) {
        List<String> arguments = new ArrayList<>();
        arguments.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        arguments.addAll(JVM_OPTIONS);
        arguments.addAll(moreJvmOptions);
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
        arguments.addAll(
                kind.isFastSocket() ? List.of(Main.class.getName(), "http") : List.of(StockServer.class.getName()));
        arguments.addAll(ADDRESS_OPTIONS);
        arguments.addAll(List.of("--engine", kind.engine(), "--loops", Integer.toString(loops)));
        return new ServerCommand(arguments);
    }
}
