package io.fastsocket.perf.server;

import io.fastsocket.affinity.CpuSet;
import io.fastsocket.affinity.CpuTopology;
import io.fastsocket.examples.http.HttpServerSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** HAProxy in every role: a pinned thread per loop, a listener each, no daemon. */
final class HaProxy {
    /** What {@code /bytes/N} is there for: it must fit a buffer, which has 16 KiB. */
    private static final int BODY_BYTES = 1 << 10;

    private HaProxy() {}

    static ServerCommand command(ServerSetup setup) throws IOException, InterruptedException {
        SystemProgram haproxy = SystemProgram.find("haproxy", "haproxy", SystemProgram.searchPath());
        InetSocketAddress address = setup.host().freePort();
        Path own = Files.createDirectories(setup.directory().resolve("haproxy-" + address.getPort()));
        String configuration = global(setup.loops(), CpuTopology.read().allowed())
                + bind(setup, address)
                + (setup.role().isProxy() ? proxied(setup) : answered(BodyFiles.write(own, BODY_BYTES)));
        Path file = Files.writeString(own.resolve("haproxy.cfg"), configuration);
        return new ServerCommand(
                // One process in the foreground.
                List.of(haproxy.path().toString(), "-db", "-f", file.toString()),
                Optional.of(new Listening(address, version(haproxy.version()) + ", " + setup.loops() + " threads")));
    }

    /** {@code HAProxy 2.6.12} of {@code HAProxy version 2.6.12 2023/12/16 - ...}. */
    static String version(String line) {
        return line.replaceFirst("^HAProxy version (\\S+).*", "HAProxy $1");
    }

    private static String global(int threads, CpuSet allowed) {
        CpuSet cpus = CpuSet.of(Arrays.copyOf(allowed.toArray(), Math.min(threads, allowed.size())));
        // More threads than CPUs are for the scheduler to place.
        String pinning = cpus.size() == threads ? "cpu-map auto:1/1-%d %s".formatted(threads, cpus) : "";
        // Without strict-limits, it takes as many connections as the limit of open files allows.
        return """
                global
                  no strict-limits
                  maxconn 100000
                  nbthread %1$d
                  %2$s
                defaults
                  mode http
                  timeout client 1h
                  timeout connect 3s
                  timeout server 1h
                """
                .formatted(threads, pinning);
    }

    private static String bind(ServerSetup setup, InetSocketAddress address) throws IOException, InterruptedException {
        String tls = setup.role() == ServerRole.HTTPS
                ? " ssl crt " + RunCertificate.in(setup.directory()).both() + " ssl-min-ver TLSv1.2"
                : "";
        return """
                frontend in
                  bind %s:%d backlog 4096 shards by-thread%s
                """
                .formatted(address.getAddress().getHostAddress(), address.getPort(), tls);
    }

    private static String answered(Path body) {
        return """
                  http-request return status 200 content-type text/plain string "%s" if { path / }
                  http-request return status 200 content-type application/octet-stream file %s if { path /bytes/%d }
                  http-request return status 404
                """
                .formatted(HttpServerSettings.DEFAULT.text(), body, BODY_BYTES);
    }

    private static String proxied(ServerSetup setup) {
        // In the backend, the mode is that of connections to the origin alone.
        String connections = setup.role() == ServerRole.PROXY
                ? "option http-keep-alive\n  http-reuse always"
                : "option httpclose\n  http-reuse never";
        return """
                  option forwardfor
                  default_backend origin
                backend origin
                  %s
                  server one %s pool-max-conn 512
                """
                .formatted(connections, setup.originName());
    }
}
