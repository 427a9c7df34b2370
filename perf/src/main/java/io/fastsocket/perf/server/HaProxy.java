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

/** HAProxy as a server: a pinned thread per loop, a listener each, no daemon. */
final class HaProxy {
    /** What {@code /bytes/N} is there for: it must fit a buffer, which has 16 KiB. */
    private static final int BODY_BYTES = 1 << 10;

    private HaProxy() {}

    static ServerCommand command(int threads, Path directory) throws IOException, InterruptedException {
        SystemProgram haproxy = SystemProgram.find("haproxy", "haproxy", SystemProgram.searchPath());
        Path own = Files.createDirectories(directory.resolve("haproxy"));
        InetSocketAddress address = FreePort.onLoopback();
        String configuration =
                configuration(threads, CpuTopology.read().allowed(), BodyFiles.write(own, BODY_BYTES), address);
        Path file = Files.writeString(own.resolve("haproxy.cfg"), configuration);
        return new ServerCommand(
                // One process in the foreground.
                List.of(haproxy.path().toString(), "-db", "-f", file.toString()),
                Optional.of(new Listening(address, version(haproxy.version()) + ", " + threads + " threads")));
    }

    /** {@code HAProxy 2.6.12} of {@code HAProxy version 2.6.12 2023/12/16 - ...}. */
    static String version(String line) {
        return line.replaceFirst("^HAProxy version (\\S+).*", "HAProxy $1");
    }

    static String configuration(int threads, CpuSet allowed, Path body, InetSocketAddress address) {
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
                frontend in
                  bind %3$s:%4$d backlog 4096 shards by-thread
                  http-request return status 200 content-type text/plain string "%5$s" if { path / }
                  http-request return status 200 content-type application/octet-stream file %6$s if { path /bytes/%7$d }
                  http-request return status 404
                """
                .formatted(
                        threads,
                        pinning,
                        address.getAddress().getHostAddress(),
                        address.getPort(),
                        HttpServerSettings.DEFAULT.text(),
                        body,
                        BODY_BYTES);
    }
}
