package io.fastsocket.perf.server;

import io.fastsocket.examples.cli.Main;
import io.fastsocket.examples.http.HttpServerInitializer;
import io.fastsocket.peers.stock.RoleOptions;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Servers in a JVM of their own, on this JVM's binary and, but for peers of other versions, its class path. */
final class JvmServers {
    /** The collector of the launcher, whose threads do not compete with the loops outside of pauses, and one size of heap. */
    private static final List<String> COLLECTOR_AND_HEAP = List.of("-XX:+UseParallelGC", "-Xms256m", "-Xmx512m");

    private JvmServers() {}

    static List<String> jvmOptions() {
        List<String> options = new ArrayList<>(COLLECTOR_AND_HEAP);
        // As --enable-native-access.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--"))
                .forEach(options::add);
        return options;
    }

    static ServerCommand command(ServerKind kind, ServerSetup setup) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>();
        arguments.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        arguments.addAll(jvmOptions());
        arguments.addAll(setup.moreJvmOptions());
        arguments.addAll(List.of("-cp", classPath(kind)));
        arguments.addAll(program(kind, setup));
        arguments.addAll(List.of("--loops", Integer.toString(setup.loops())));
        return new ServerCommand(arguments);
    }

    private static List<String> program(ServerKind kind, ServerSetup setup) throws IOException, InterruptedException {
        String netty42 = "io.fastsocket.peers.netty42.Netty42Server";
        return switch (kind.family()) {
            case FASTSOCKET -> fastsocket(kind, setup);
            case STOCK -> stock(StockServer.class.getName(), kind, setup);
            case STOCK_REUSEPORT -> with(stock(StockServer.class.getName(), kind, setup), "--reuseport");
            case NETTY42 -> stock(netty42, kind, setup);
            case NETTY42_REUSEPORT -> with(stock(netty42, kind, setup), "--reuseport");
            case VERTX -> listening(setup, "io.fastsocket.peers.frameworks.VertxServer");
            case REACTOR_NETTY -> listening(setup, "io.fastsocket.peers.frameworks.ReactorNettyServer");
            case NGINX, HAPROXY, FLOOR -> throw new IllegalArgumentException(kind + " runs in no JVM");
        };
    }

    private static List<String> fastsocket(ServerKind kind, ServerSetup setup)
            throws IOException, InterruptedException {
        String main = Main.class.getName();
        if (!setup.role().isProxy()) {
            List<String> http = withFiles(with(listening(setup, main, "http"), "--engine", kind.engine()), setup);
            return setup.role() == ServerRole.HTTPS ? withCertificate(http, setup) : http;
        }
        List<String> proxy = with(
                List.of(main, "proxy", "--listen", setup.host().address() + ":0"),
                "--engine",
                kind.engine(),
                "--upstream",
                "http://" + setup.originName());
        return setup.role() == ServerRole.PROXY_NEW ? with(proxy, "--pool-idle-timeout", "0") : proxy;
    }

    /** A server that takes {@code RoleOptions}. */
    private static List<String> stock(String main, ServerKind kind, ServerSetup setup)
            throws IOException, InterruptedException {
        List<String> server = with(listening(setup, main), "--engine", kind.engine());
        return switch (setup.role()) {
            case HTTP -> withFiles(server, setup);
            case HTTPS -> withCertificate(withFiles(server, setup), setup);
            case PROXY -> with(server, "--origin", "http://" + setup.originName());
            case PROXY_NEW -> with(server, "--origin", "http://" + setup.originName(), "--no-pool");
        };
    }

    /** A program that listens at the setup's address alone, on a port that the kernel picks. */
    private static List<String> listening(ServerSetup setup, String... program) {
        return with(List.of(program), "--host", setup.host().address(), "--port", "0");
    }

    private static List<String> withFiles(List<String> program, ServerSetup setup) throws IOException {
        return with(program, "--files", BodyFiles.served(setup.directory()).toString());
    }

    private static List<String> withCertificate(List<String> program, ServerSetup setup)
            throws IOException, InterruptedException {
        RunCertificate certificate = RunCertificate.in(setup.directory());
        return with(
                program,
                "--tls-cert",
                certificate.chain().toString(),
                "--tls-key",
                certificate.key().toString());
    }

    private static List<String> with(List<String> program, String... more) {
        return Stream.concat(program.stream(), Stream.of(more)).toList();
    }

    private static String classPath(ServerKind kind) throws MissingServerException {
        return switch (kind.family()) {
            case NETTY42, NETTY42_REUSEPORT ->
                String.join(
                        File.pathSeparator,
                        peerClassPath("netty42"),
                        Checkout.codeSource(RoleOptions.class).toString(),
                        Checkout.codeSource(HttpServerInitializer.class).toString());
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
