package io.fastsocket.perf.server;

import io.fastsocket.examples.http.HttpServerSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** nginx as a server: a pinned worker per loop, a listener each, no daemon and no file outside of its directory. */
final class Nginx {
    /** What {@code /bytes/N} is there for. */
    private static final List<Integer> BODIES = List.of(1 << 10, 64 << 10, 1 << 20);

    private Nginx() {}

    static ServerCommand command(int workers, Path directory) throws IOException, InterruptedException {
        SystemProgram nginx = SystemProgram.find("nginx", "nginx-light", SystemProgram.searchPath());
        Path own = Files.createDirectories(directory.resolve("nginx"));
        for (int bytes : BODIES) {
            BodyFiles.write(own, bytes);
        }
        InetSocketAddress address = FreePort.onLoopback();
        Path file = Files.writeString(own.resolve("nginx.conf"), configuration(workers, own, address));
        String version = nginx.version().replace("nginx version: ", "");
        return new ServerCommand(
                // The log before the configuration is read, too.
                List.of(nginx.path().toString(), "-e", "stderr", "-c", file.toString()),
                Optional.of(new Listening(address, version + ", " + workers + " workers")));
    }

    static String configuration(int workers, Path directory, InetSocketAddress address) {
        return """
                daemon off;
                pid %1$s/pid;
                error_log stderr error;
                worker_processes %2$d;
                worker_cpu_affinity auto;
                events { worker_connections 65536; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  sendfile on;
                  open_file_cache max=16;
                  keepalive_requests 1000000000;
                  keepalive_timeout 1h;
                  server {
                    listen %3$s:%4$d reuseport backlog=4096;
                    location = / { default_type text/plain; return 200 "%5$s"; }
                    location /bytes/ { default_type application/octet-stream; root %1$s; }
                    location / { return 404; }
                  }
                }
                """
                .formatted(
                        directory,
                        workers,
                        address.getAddress().getHostAddress(),
                        address.getPort(),
                        HttpServerSettings.DEFAULT.text());
    }
}
