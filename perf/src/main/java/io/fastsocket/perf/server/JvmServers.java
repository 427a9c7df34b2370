package io.fastsocket.perf.server;

import io.fastsocket.examples.cli.Main;
import io.fastsocket.examples.http.HttpServerInitializer;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Servers in a JVM of their own, on this JVM's binary and, but for peers of other versions, its class path. */
final class JvmServers {
    /** The collector of the launcher, whose threads do not compete with the loops outside of pauses, and one size of heap. */
    private static final List<String> COLLECTOR_AND_HEAP = List.of("-XX:+UseParallelGC", "-Xms256m", "-Xmx512m");

    /** Servers listen on loopback alone, on a port the kernel picks. */
    private static final List<String> ADDRESS_OPTIONS = List.of("--host", "127.0.0.1", "--port", "0");

    private JvmServers() {}

    static List<String> jvmOptions() {
        List<String> options = new ArrayList<>(COLLECTOR_AND_HEAP);
        // As --enable-native-access.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--"))
                .forEach(options::add);
        return options;
    }

    static ServerCommand command(ServerKind kind, int loops, List<String> moreJvmOptions)
            throws MissingServerException {
        List<String> arguments = new ArrayList<>();
        arguments.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        arguments.addAll(jvmOptions());
        arguments.addAll(moreJvmOptions);
        arguments.addAll(List.of("-cp", classPath(kind)));
        arguments.addAll(program(kind));
        arguments.addAll(ADDRESS_OPTIONS);
        arguments.addAll(List.of("--loops", Integer.toString(loops)));
        return new ServerCommand(arguments);
    }

    private static List<String> program(ServerKind kind) {
        String stock = StockServer.class.getName();
        String netty42 = "io.fastsocket.peers.netty42.Netty42Server";
        return switch (kind.family()) {
            case FASTSOCKET -> List.of(Main.class.getName(), "http", "--engine", kind.engine());
            case STOCK -> List.of(stock, "--engine", kind.engine());
            case STOCK_REUSEPORT -> List.of(stock, "--engine", kind.engine(), "--reuseport");
            case NETTY42 -> List.of(netty42, "--engine", kind.engine());
            case NETTY42_REUSEPORT -> List.of(netty42, "--engine", kind.engine(), "--reuseport");
            case VERTX -> List.of("io.fastsocket.peers.frameworks.VertxServer");
            case REACTOR_NETTY -> List.of("io.fastsocket.peers.frameworks.ReactorNettyServer");
            case NGINX, HAPROXY, FLOOR -> throw new IllegalArgumentException(kind + " runs in no JVM");
        };
    }

    private static String classPath(ServerKind kind) throws MissingServerException {
        return switch (kind.family()) {
            case NETTY42, NETTY42_REUSEPORT ->
                peerClassPath("netty42") + File.pathSeparator + Checkout.codeSource(HttpServerInitializer.class);
            case VERTX, REACTOR_NETTY -> peerClassPath("frameworks");
            default -> System.getProperty("java.class.path");
        };
    }

    private static String peerClassPath(String module) throws MissingServerException {
        Path target = Checkout.perf().resolve("peers").resolve(module).resolve("target");
        if (!Files.isDirectory(target.resolve("lib"))) {
            throw new MissingServerException(
                    "not built: no directory " + target.resolve("lib") + "; fix: mvn -pl perf -am package");
        }
        return target.resolve("classes") + File.pathSeparator + target.resolve("lib") + "/*";
    }
}
