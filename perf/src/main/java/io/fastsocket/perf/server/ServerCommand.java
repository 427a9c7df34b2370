package io.fastsocket.perf.server;

import io.fastsocket.examples.cli.Main;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line that starts a server in a JVM of its own, on this JVM's binary and class path. */
public record ServerCommand(List<String> arguments) {
    /** The collector of the launcher, whose threads do not compete with the loops outside of pauses, and one size of heap. */
    private static final List<String> COLLECTOR_AND_HEAP = List.of("-XX:+UseParallelGC", "-Xms256m", "-Xmx512m");

    /** Servers listen on loopback alone, on a port the kernel picks. */
    private static final List<String> ADDRESS_OPTIONS = List.of("--host", "127.0.0.1", "--port", "0");

    public ServerCommand {
        arguments = List.copyOf(arguments);
    }

    /**
     * The options that every server's JVM gets alike: collector, heap, and what this JVM allows native code and reflection,
     * as {@code --enable-native-access}.
     */
    public static List<String> jvmOptions() {
        List<String> options = new ArrayList<>(COLLECTOR_AND_HEAP);
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--"))
                .forEach(options::add);
        return options;
    }

    /**
     * The command for a kind of server.
     *
     * @param loops event loops that serve connections, at least 1; a stock server has one more that accepts
     * @param moreJvmOptions options of the JVM after {@link #jvmOptions}
     */
    public static ServerCommand of(ServerKind kind, int loops, List<String> moreJvmOptions) {
        List<String> arguments = new ArrayList<>();
        arguments.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        arguments.addAll(jvmOptions());
        arguments.addAll(moreJvmOptions);
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
        arguments.addAll(
                kind.isFastSocket() ? List.of(Main.class.getName(), "http") : List.of(StockServer.class.getName()));
        arguments.addAll(ADDRESS_OPTIONS);
        arguments.addAll(List.of("--engine", kind.engine(), "--loops", Integer.toString(loops)));
        return new ServerCommand(arguments);
    }
}
